"""What the administration of an agency does with a case that is over, and the copy by letter."""

import zipfile

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from contacts.roles import Role
from portal import privacy
from projects import workflow
from projects.keeping import archive
from projects.models import Application, ArchiveOffer
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
LIST = "/verwaltung/projects/application/"


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(cases.NOW, tick=False):
        yield


@pytest.fixture
def amal():
    return factories.user("amal@example.org")


@pytest.fixture
def over(place, amal) -> Application:
    """What was sent, and withdrawn."""
    case = cases.submitted(cases.open_call(place.agency), amal)
    workflow.withdraw(case, by=amal, now=cases.NOW)
    return case


def of_role(place, role: Role) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = funding.staff(place.agency, role)
    client.force_login(user, backend="portal.auth.StaffBackend")
    return client


def test_the_administration_locks_a_case_that_is_over_and_lifts_it(place, over, amal):
    boss, desk = of_role(place, Role.AGENCY_ADMIN), of_role(place, Role.CASEWORKER)
    page = f"{LIST}{over.pk}/"
    text = seen_in(boss.get(f"{page}change/"))
    assert "erased afterwards" in text, text[-900:]
    assert "2027" in text
    assert "is kept until" not in seen_in(desk.get(f"{page}change/"))
    assert desk.post(f"{page}lock/").status_code == 403

    assert "It is locked" in seen_in(boss.post(f"{page}lock/", follow=True))
    assert desk.get(f"{page}change/").status_code == 404
    assert "Locked from normal view since" in seen_in(boss.get(f"{page}change/"))
    assert "The lock is lifted." in seen_in(boss.post(f"{page}lift-lock/", follow=True))
    assert desk.get(f"{page}change/").status_code == 200

    running = cases.submitted(over.call, amal)
    answer = boss.post(f"{LIST}{running.pk}/lock/", follow=True)
    assert "It can be locked when its procedure is over." in seen_in(answer)


def test_the_answer_of_the_archive_is_noted_once(place, over):
    boss, page = of_role(place, Role.AGENCY_ADMIN), f"{LIST}{over.pk}/"
    archive.offer(over, now=cases.NOW)

    for nonsense in ("", "x\0", "open"):
        answer = boss.post(f"{page}archived/", {"answer": nonsense}, follow=True)
        assert "Choose what the archive has answered." in seen_in(answer)
    boss.post(f"{page}archived/", {"answer": "taken"})
    assert ArchiveOffer.objects.get().answer == "taken"
    assert "Answer of the archive: taken over" in seen_in(boss.get(f"{page}change/"))


def test_whoever_deletes_their_account_has_what_is_over_locked(over, amal):
    going_on = cases.submitted(over.call, amal)

    privacy.erase(amal, now=cases.NOW)

    over.refresh_from_db()
    going_on.refresh_from_db()
    assert over.restricted_at == cases.NOW
    assert going_on.restricted_at is None


def test_the_copy_for_who_asks_by_letter_is_written_once_and_for_its_owner_alone(
    over, tmp_path, capsys
):
    target = tmp_path / "copy.zip"

    call_command("access_copy", "AMAL@example.org", to=str(target), language="de")

    assert target.stat().st_mode & 0o077 == 0
    archive = zipfile.ZipFile(target)
    assert over.reference in archive.read("data.json").decode()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("access_copy", "amal@example.org", to=str(target))
    with pytest.raises(CommandError, match="Nobody has this address"):
        call_command("access_copy", "nobody@example.org", to=str(tmp_path / "other.zip"))
    assert "amal" not in capsys.readouterr().out
