"""What applicants are reminded of: changes, the proof of use, money that is to come back.

Of changes three days before they are due; of the others before and after, as `PROOF` and
`REPAYMENT` say. That their call closes soon they hear from `projects.call_mails`.
"""

import datetime as dt
from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock, jobs
from projects import mails
from projects.models import Application, ChangeRequest, Extension, Grant
from projects.standing import due_on
from projects.states import ApplicationState, GrantState

BEFORE_CHANGES = dt.timedelta(days=3)
# Days from the one on which something is due: before it they are below nothing.
PROOF = (-30, -7, 1, 14, 30)
REPAYMENT = (-7, 1, 14)
# A reminder is written on its day, or when the job next runs within so many days.
LATE = 7
OF_GRANTS = {
    Extension.What.PROOF: ((GrantState.RUNNING, GrantState.PROOF_DUE), PROOF),
    Extension.What.REPAYMENT: ((GrantState.REPAYMENT_DUE,), REPAYMENT),
}


def remind(now: dt.datetime) -> str:
    """Write the reminders that are due; each is written once, whoever runs it how often."""
    changes = sum(_of_changes(pk, now=now) for pk in _due(now))
    told = [f"{changes} reminders of changes"] if changes else []
    for what, (states, steps) in OF_GRANTS.items():
        waiting = list(_waiting(what, states, steps, on=clock.today(now)))
        number = sum(_of_grant(pk, what, states, steps, now=now) for pk in waiting)
        told += [f"{number} reminders of a {what}"] if number else []
    return ", ".join(told)


def _due(now: dt.datetime) -> list[int]:
    """Requests whose last day is near; not those of today, which everybody has just read."""
    today = clock.today(now)
    rows = ChangeRequest.objects.filter(
        settled_at=None, due_on__range=(today, today + BEFORE_CHANGES)
    )
    rows = rows.exclude(asked_at__gt=now - dt.timedelta(days=1))
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _of_changes(pk: int, *, now: dt.datetime) -> bool:
    """Remind whoever has not answered at this moment; whether that was new."""
    rows = Application.objects.select_related("call__rule_set__programme__agency", "agency")
    rows = rows.select_for_update(of=("self",))
    application = rows.filter(change_requests=pk).first()
    asked = ChangeRequest.objects.filter(pk=pk, settled_at=None).first()
    if application is None or asked is None:
        return False
    if application.state != ApplicationState.CHANGES_REQUESTED:
        return False
    return mails.remind_of_changes(application, asked, now=now)


# Grants -------------------------------------------------------------------------------------------


def step_of(steps: tuple[int, ...], due: dt.date, *, on: dt.date) -> int | None:
    """Which of `steps` is to be written on the local date `on`; None for none."""
    days = (on - due).days
    return next((step for step in reversed(steps) if step <= days <= step + LATE), None)


def _waiting(what: str, states, steps: tuple[int, ...], *, on: dt.date) -> Iterator[int]:
    """The keys of grants in `states` of which a reminder may be due; under lock it is certain."""
    rows = Grant.objects.filter(state__in=states).select_related("proof", "claim")
    for grant in rows.prefetch_related("extensions").order_by("pk").iterator(chunk_size=500):
        due = due_on(grant, what)
        if due is not None and step_of(steps, due, on=on) is not None:
            yield grant.pk


@transaction.atomic
def _of_grant(pk: int, what: str, states, steps: tuple[int, ...], *, now: dt.datetime) -> bool:
    """Remind whoever has not done it at this moment; whether that was new."""
    rows = Application.objects.select_related("call__rule_set__programme__agency", "agency")
    application = rows.select_for_update(of=("self",)).filter(grant=pk).first()
    grant = Grant.objects.filter(pk=pk, state__in=states).first()
    if application is None or grant is None:
        return False
    due = due_on(grant, what)
    step = step_of(steps, due, on=clock.today(now)) if due else None
    if step is None:
        return False
    verb: Callable = MAILS[what]
    return verb(application, due=due, days=step, now=now)


MAILS = {
    Extension.What.PROOF: mails.remind_of_proof,
    Extension.What.REPAYMENT: mails.remind_of_repayment,
}


def register_jobs() -> None:
    label = _("Reminds applicants of what is due")
    jobs.register(jobs.Job("remind-applicants", label, jobs.Nightly(dt.time(7)), remind))
