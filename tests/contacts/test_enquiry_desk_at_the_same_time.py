"""Several processes at one enquiry: one answer, one reminder, one daily mail, one introduction."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.utils import translation
from django.utils.translation import gettext

from contacts.enquiries import consent, digest, erasing, handling, matching, reminding
from contacts.enquiries.handling import MeanwhileError
from contacts.models import Enquiry, EnquiryEvent, EnquiryMessage, Introduction, Post
from contacts.snapshot import latest
from portal import auth
from portal.models import OutboxMessage, User
from tests import at_once
from tests.contacts import desk

CLOSED = "This enquiry is closed. Open it again first."
ELSEWHERE = "This enquiry lies at another desk now."
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
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


def write(ready, row: int) -> int:
    """The status that the page answers when the sender writes."""
    enquiry, browser = Enquiry.objects.get(pk=row), Client(SERVER_NAME="localhost")
    sender = User.objects.of_address(enquiry.email)
    browser.force_login(sender, backend=auth.APPLICANT_BACKEND)
    ready()
    without_files = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}
    with time_machine.travel(desk.NOW, tick=False), override_settings(STORAGES=without_files):
        address = f"/de/anfrage/{enquiry.uuid}/schreiben/"
        return browser.post(address, {"text": "Hallo?"}).status_code


def act(ready, what: str, row: int, *more) -> int | str:
    """One of those who have to do with the same enquiry; what the page answers or the verb says."""
    if what == "write":
        return write(ready, row)
    enquiry = Enquiry.objects.get(pk=row)
    user = User.objects.get(pk=more[0]) if more else None
    verbs = {
        "erase": lambda: erasing.erase(enquiry, outcome="no-reply", now=desk.NOW),
        "close": lambda: handling.close(enquiry, "helped", by=user, now=desk.NOW),
        "answer": lambda: handling.answer(enquiry, "Gern.", by=user, now=desk.NOW),
        "hand-on": lambda: handling.hand_on(
            enquiry, more[1], "Borna", snapshot=latest(), by=user, now=desk.NOW
        ),
    }
    ready()
    try:
        verbs[what]()
    except ValidationError as refused:
        return refused.messages[0]
    return "done"


def prepare_a_sender() -> list:
    row, offer, by, _seen = prepare()
    enquiry = Enquiry.objects.get(pk=row)
    User.objects.create_user(enquiry.email)
    borna = Post.objects.exclude(pk=enquiry.assigned_post_id).get(tenures__person__user__gt=0)
    return [row, offer, by, f"post-{borna.pk}"]


def prepare_a_pair() -> int:
    row, offer, by, _seen = prepare()
    pair = Enquiry.objects.get(pk=offer), Enquiry.objects.get(pk=row)
    return matching.propose(*pair, by=User.objects.get(pk=by), now=desk.NOW).pk


def agree(ready, pair: int, side: str) -> bool:
    introduction = Introduction.objects.get(pk=pair)
    ready()
    return consent.agree(introduction, side, by=None, now=desk.NOW)


def told() -> list[str]:
    return sorted(each.about.split(":")[2].split("-")[0] for each in OutboxMessage.objects.all())


def left_of(row: int) -> list:
    enquiry = Enquiry.objects.get(pk=row)
    return [enquiry.state, enquiry.email, enquiry.messages.count()]


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


def test_two_who_agree_at_once_are_introduced_once(run):
    pair = run.alone(prepare_a_pair)

    said = run.together(agree, [[pair, "offer"], [pair, "request"]])

    assert sorted(said) == [False, True]
    assert run.alone(told) == ["introduced", "introduced", "proposal", "proposal"]


def test_whoever_writes_while_it_is_erased_gets_a_page_and_nothing_stays(run):
    row, *_others = run.alone(prepare_a_sender)

    *written, erased = run.together(act, [["write", row], ["write", row], ["erase", row]])

    assert set(written) <= {302, 404, 422}
    assert erased == "done"
    assert run.alone(left_of, row) == ["closed", "", 0]


def test_who_closes_answers_hands_on_and_writes_at_once_gets_an_answer_each(run):
    row, _offer, by, borna = run.alone(prepare_a_sender)
    each = [["close", row, by], ["answer", row, by], ["hand-on", row, by, borna], ["write", row]]

    closed, answered, handed_on, written = run.together(act, each)

    assert written == 302
    with translation.override("de"):
        known = {"done", gettext(CLOSED), gettext(ELSEWHERE)}
    assert {closed, answered, handed_on} <= known


def test_the_morning_runs_three_times_at_once_and_everybody_hears_of_it_once(run):
    run.alone(prepare)

    run.together(morning, [[]] * 3)

    found = run.alone(counted)
    # Two help wanted are due on the next day: Richter gets a mail, Loth's is in her daily one.
    assert found["reminded"] == 2
    assert found["mails"] == 2
