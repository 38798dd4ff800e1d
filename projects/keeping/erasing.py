"""Erasing whole cases when their time is over: rows, files, mails. Ledger, sums and register stay.

A case goes in one transaction with its seal; its files go after the commit, and what a crash leaves
of them is swept by the jobs (`projects.attachments`). Whoever has nothing else here loses the
account.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy

from portal import clock, jobs, privacy
from portal.models import OutboxMessage, User
from projects import mails
from projects.keeping import archive, seals
from projects.keeping.due import Duty, due, duty_of
from projects.models import Application, Attachment, Grant, Proof
from projects.states import GrantState

logger = logging.getLogger(__name__)
NOTICE = dt.timedelta(days=14)  # so long before people hear that something is about to be erased
CHECKED = frozenset(
    {GrantState.SETTLED, GrantState.REPAYMENT_DUE, GrantState.REPAID, GrantState.CLOSED}
)


@dataclass(frozen=True)
class Report:
    """What was erased, or would be: numbers of cases, and counts."""

    erased: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    lists: int = 0

    def __str__(self) -> str:
        parts = [
            f"{len(self.erased)} cases erased" if self.erased else "",
            f"{len(self.offered)} offered to the archive" if self.offered else "",
            f"{self.lists} lists of participants erased" if self.lists else "",
        ]
        return ", ".join(filter(None, parts))


def plan(on: dt.date) -> list[tuple[Application, Duty, bool]]:
    """What `erase_due` would do on that day: the case, its duty, and whether it goes at once."""
    return [(case, duty, archive.may_go(case)) for case, duty in due(on)]


def erase_due(now: dt.datetime) -> Report:
    """Erase every case whose time is over, and offer those to the archive that it wants to see."""
    on = clock.today(now)
    erased, offered = [], []
    for application, duty in list(due(on)):
        if archive.may_go(application):
            erased += [application.reference] if erase(application, on=on, now=now) else []
        elif _offer(application, now=now):
            offered.append(application.reference)
        logger.info("Case due by the rule %s (until %s).", duty.rule, duty.until)
    return Report(tuple(erased), tuple(offered), lists=_erase_lists())


@transaction.atomic
def erase(application: Application, *, on: dt.date, now: dt.datetime) -> bool:
    """Erase one case if it is still due on the local date `on`; whether it went."""
    rows = Application.objects.select_for_update(of=("self",))
    rows = rows.select_related("call", "rule_set", "agency")
    case = rows.filter(pk=application.pk).first()
    duty = duty_of(case) if case else None
    if duty is None or duty.until >= on or not archive.may_go(case):
        return False
    people = list(User.objects.filter(contributions__application=case).order_by("pk"))
    seals.seal(case, rule=duty.rule, now=now)
    names = list(case.attachments.values_list("file", flat=True))
    OutboxMessage.objects.filter(about__startswith=f"application:{case.uuid}:").delete()
    case.versions.erase()
    case.delete()
    for name in names:
        transaction.on_commit(lambda name=name: default_storage.delete(name))
    for user in people:
        privacy.forget_unused(user, now=now)
    return True


@transaction.atomic
def _offer(application: Application, *, now: dt.datetime) -> bool:
    rows = Application.objects.select_for_update(of=("self",))
    return archive.offer(rows.get(pk=application.pk), now=now)


def _erase_lists() -> int:
    """Lists of participants of proofs that have been checked."""
    grants = Grant.objects.filter(state__in=CHECKED)
    through = Proof.lists.through.objects.filter(proof__grant__in=grants)
    return sum(_erase_list(pk) for pk in through.values_list("attachment", flat=True))


@transaction.atomic
def _erase_list(pk: int) -> bool:
    attachment = Attachment.objects.filter(pk=pk).first()
    if attachment is None:
        return False
    name = attachment.file.name
    attachment.delete()
    transaction.on_commit(lambda: default_storage.delete(name))
    return True


# Telling ------------------------------------------------------------------------------------------


def announce(now: dt.datetime) -> int:
    """Tell those who can still be reached that their draft or case will be erased; how many."""
    on = clock.today(now) + NOTICE
    return sum(_announce(case, duty, now=now) for case, duty in due(on))


@transaction.atomic
def _announce(application: Application, duty: Duty, *, now: dt.datetime) -> bool:
    return mails.case_goes(application, until=duty.until, now=now)


# The job ------------------------------------------------------------------------------------------


def run(now: dt.datetime) -> str:
    announce(now)
    return str(erase_due(now))


def register_jobs() -> None:
    label = gettext_lazy("Erases cases whose time is over, and offers them to the archive first")
    jobs.register(jobs.Job("erase-due", label, jobs.Nightly(dt.time(2)), run))
