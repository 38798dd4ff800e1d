"""Several processes at one meeting: the same form is one meeting, and two changes are not mixed."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from contacts.models import Meeting, WorkingGroup
from contacts.network import meetings
from portal.models import OutboxMessage, User
from tests import at_once
from tests.contacts import groups

KEY = "6f1c3f0e-5d0a-4a53-9a5e-000000000001"


@pytest.fixture
def run(migrated_database, tmp_path):
    """Processes at a database of their own."""
    with at_once.processes(DATABASE_URL=migrated_database, VAR_DIR=str(tmp_path)) as processes:
        yield processes


def prepare() -> list[int]:
    of = groups.network()
    return [of.group.pk, groups.by_code(groups.CONVENOR).pk]


def plan(place: str) -> dict:
    ends = groups.START + dt.timedelta(hours=2)
    shared = {"title": "Fest", "starts_at": groups.START, "ends_at": ends, "agenda": ""}
    return {**shared, "place": place, "now": groups.NOW}


def invite(ready, group: int, by: int) -> int:
    row, user = WorkingGroup.objects.get(pk=group), User.objects.get(pk=by)
    ready()
    return meetings.invite(row, **plan("Borna"), key=uuid.UUID(KEY), by=user).people


def change(ready, by: int, place: str) -> str:
    row, user = Meeting.objects.get(), User.objects.get(pk=by)
    ready()
    try:
        with translation.override("en"):
            meetings.change(row, **plan(place), seen=0, by=user)
    except ValidationError as refused:
        return refused.messages[0]
    return "changed"


def stored() -> list:
    mails = OutboxMessage.objects.filter(about__startswith="meeting:")
    return [Meeting.objects.count(), mails.count(), Meeting.objects.get().sequence]


def test_one_form_is_one_meeting_and_of_two_changes_one_holds(run):
    group, by = run.alone(prepare)

    assert run.together(invite, [[group, by]] * 4) == [2] * 4
    assert run.alone(stored) == [1, 2, 0]

    said = run.together(change, [[by, "Grimma"], [by, "Wurzen"]])

    assert max(said) == "changed"
    assert "Somebody else has changed this meeting meanwhile" in min(said)
    assert run.alone(stored) == [1, 4, 1]
