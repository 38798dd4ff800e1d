"""People at work, each in a process of their own, and what has to be true of whatever is stored."""

import hashlib
import json
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Sum

from contacts.models import Agency
from contacts.roles import Role
from portal.backup.tables import label_of, tables
from portal.models import User
from projects import attachments, deliveries, workflow
from projects.keeping import seals
from projects.models import Application, Call, LedgerEntry
from projects.states import PayoutState
from projects.workflow import granted
from tests import factories
from tests.contacts.county import county
from tests.portal import uploading
from tests.projects import cases, grants
from tests.projects import factories as funding

NOW = cases.NOW


def prepare(writers: int) -> list[list[int]]:
    """A county with an open call and money for many; the people that each writer stands for."""
    return open_call(county().agency.pk, writers)


def open_call(agency: int | None = None, writers: int = 1) -> list[list[int]]:
    """The same at that agency, or at the first one."""
    of = Agency.objects.get(pk=agency) if agency else Agency.objects.order_by("pk").first()
    cases.money_for(cases.open_call(of), 100_000_000)
    roles = (Role.CASEWORKER, Role.DECIDER, Role.FINANCE)
    return [
        [factories.user().pk, *(funding.staff(of, role).pk for role in roles)]
        for _number in range(writers)
    ]


# Writing ------------------------------------------------------------------------------------------


def work_until(ready, number: int, people: list[int], acknowledged: str, stop: str) -> int:
    """One case after the other until the file `stop` is there; how many."""
    done = 0
    ready()
    with Path(acknowledged).open("a") as said:
        while not Path(stop).exists():
            one_case(people, f"{number}-{done}", is_paid=number == 0, said=said)
            done += 1
    return done


def one_case(people: list[int], number: str, *, is_paid: bool = True, said=None) -> None:
    """From the first word to the grant; with `is_paid`, to the first instalment.

    As soon as an applicant knows that it has been sent, its number is written to `said`.
    """
    amal, anna, ben, carla = (User.objects.get(pk=pk) for pk in people)
    case = cases.draft(Call.objects.order_by("-pk").first(), amal)
    for name in ("kept", "taken back"):
        content = uploading.pdf_bytes(f"{number} {name}")
        added = attachments.add(case, [uploading.upload(f"{name}.pdf", content)], by=amal, now=NOW)
        assert not added.refused
    attachments.remove(case, added.kept[0], by=amal, now=NOW)
    workflow.submit(case, key=case.uuid, **cases.moment(amal))
    case = Application.objects.get(pk=case.pk)
    if said is not None:
        said.write(json.dumps(case.reference) + "\n")
        said.flush()
    workflow.take(case, by=anna, now=NOW)
    workflow.propose(case, cases.wanted(), version=1, by=anna, now=NOW)
    case = cases.decided(Application.objects.get(pk=case.pk), ben)
    if is_paid:
        deliveries.post(case.letters.get(), posted_on=cases.ON, by=anna, now=NOW)
        granted.waive(Application.objects.get(pk=case.pk), by=amal, now=NOW)
        whole = grants.Granted(case.pk, None, amal, anna, ben, carla)
        whole.bring(whole.ask(), PayoutState.PAID)


# What is stored -----------------------------------------------------------------------------------


def stored() -> dict:
    """Rows of each table, sums of ledgers in cents, and the SHA-256 of each file that is named."""
    sums = LedgerEntry.objects.values_list("budget", "kind").annotate(Sum("cents"))
    return {
        "rows": {label_of(model): model._base_manager.count() for model in tables()},
        "ledgers": [list(row) for row in sums.order_by("budget", "kind")],
        "files": {name: digest_of(name) for name in sorted(named_files())},
        "references": sorted(Application.objects.values_list("reference", flat=True)),
    }


def problems() -> list[str]:
    """What does not fit together: chains, documents, ledgers, files, rows that refer to nothing."""
    connection.check_constraints()
    found = list(seals.problems())
    for case in Application.objects.all():
        changed = [a.name for a in case.attachments.all() if digest_of(a.file.name) != a.digest]
        found += [f"{case.reference}: {name} is not what it was" for name in changed]
    return found + [f"{name} is gone" for name in named_files() if not default_storage.exists(name)]


def named_files() -> set[str]:
    found = set()
    for model in tables():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.FileField):
                found |= set(model._base_manager.values_list(field.attname, flat=True))
    return found - {"", None}


def digest_of(name: str) -> str:
    if not default_storage.exists(name):
        return "gone"
    with default_storage.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest()
