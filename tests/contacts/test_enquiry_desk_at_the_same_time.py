"""Several processes at one enquiry: one answer, one reminder, one daily mail, one introduction."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from contacts.enquiries import digest, handling, matching, reminding
from contacts.enquiries.handling import MeanwhileError
from contacts.models import Enquiry, EnquiryEvent, EnquiryMessage, Introduction
from portal.models import OutboxMessage, User
from tests import at_once
from tests.contacts import desk

MORNING = dt.datetime(2026, 11, 25, 5, 30, tzinfo=dt.UTC)


@pytest.fixture
def run(migrated_database, tmp_path):
    """Processes at a database of their own."""
    with at_once.processes(DATABASE_URL=migrated_database, VAR_DIR=str(tmp_path)) as processes:
        yield processes


def prepare() -> list:
    """Somebody who needs help and somebody who offers it, at the desk of a coordinator."""
    world = desk.desks()
    digest.choose(world.loth, "daily", now=MORNING - dt.timedelta(days=9))
    row = desk.enquiry(world.place.richter)
    offer = desk.enquiry(world.place.richter, kind="help-offered")
    desk.enquiry(world.place.loth)
    return [row.pk, offer.pk, world.richter.pk, handling.seen_of(row)]


def answer(ready, row: int, by: int, seen: str, text: str) -> str:
    enquiry, user = Enquiry.objects.get(pk=row), User.objects.get(pk=by)
    ready()
    try:
        handling.answer(enquiry, text, by=user, now=desk.NOW, seen=seen)
    except MeanwhileError:
        return "meanwhile"
    return "answered"


def propose(ready, row: int, offer: int, by: int) -> str:
    pair = Enquiry.objects.get(pk=offer), Enquiry.objects.get(pk=row)
    user = User.objects.get(pk=by)
    ready()
    try:
        matching.propose(*pair, by=user, now=desk.NOW)
    except ValidationError as refused:
        return refused.messages[0]
    return "asked"


def morning(ready) -> None:
    ready()
    reminding.remind(MORNING)
    reminding.tell_of_empty_desks(MORNING)
    digest.send(MORNING)


def counted() -> dict[str, int]:
    kinds = list(EnquiryEvent.objects.values_list("kind", flat=True))
    return {
        "answers": EnquiryMessage.objects.count(),
        "reminded": kinds.count("reminded"),
        "matched": kinds.count("matched"),
        "pairs": Introduction.objects.count(),
        "mails": OutboxMessage.objects.count(),
    }


def test_of_four_answers_at_once_one_is_sent_and_the_others_are_told(run):
    row, _offer, by, seen = run.alone(prepare)

    said = run.together(answer, [[row, by, seen, f"Antwort {n}"] for n in range(4)])

    assert sorted(said) == ["answered", *["meanwhile"] * 3]
    found = run.alone(counted)
    assert (found["answers"], found["mails"]) == (1, 1)


def test_two_who_ask_both_sides_at_once_ask_once(run):
    row, offer, by, _seen = run.alone(prepare)

    said = run.together(propose, [[row, offer, by]] * 3)

    assert sorted(text == "asked" for text in said) == [False, False, True]
    found = run.alone(counted)
    assert (found["pairs"], found["matched"], found["mails"]) == (1, 2, 2)


def test_the_morning_runs_three_times_at_once_and_everybody_hears_of_it_once(run):
    run.alone(prepare)

    run.together(morning, [[]] * 3)

    found = run.alone(counted)
    # Two help wanted are due on the next day: Richter gets a mail, Loth's is in her daily one.
    assert found["reminded"] == 2
    assert found["mails"] == 2
