"""Mail is written with what it tells about, once, and never with a broken header."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from portal import outbox
from portal.models import OutboxMessage
from tests.servers import PRODUCTION

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=2)
RECEIPT = {
    "to": "amal@example.org",
    "subject": "Ihr Antrag ist eingegangen",
    "body": "Guten Tag,\n\nwir haben Ihren Antrag erhalten.\n",
    "now": NOW,
}


@pytest.fixture(autouse=True)
def production(settings):
    settings.DEMO, settings.PRODUCTION = False, True
    settings.DEFAULT_FROM_EMAIL = PRODUCTION["DEFAULT_FROM_EMAIL"]


def put(about: str = "application:1:receipt", **changes) -> OutboxMessage:
    return outbox.put(about, **(RECEIPT | changes))


def state_of(message: OutboxMessage) -> str:
    return OutboxMessage.objects.get(pk=message.pk).state


def test_a_mail_waits_from_now_on_under_an_id_that_names_no_machine():
    message = put()

    assert state_of(message) == "waiting"
    assert list(OutboxMessage.objects.due(NOW)) == [message]
    assert message.message_id.endswith("@ansprechbar.test>")
    assert message.language == "de"


def test_in_the_demo_it_is_kept_and_never_due(settings):
    settings.DEMO = True
    message = put()
    settings.DEMO = False  # somebody makes a real site of the demo's database

    assert state_of(message) == "kept"
    assert not OutboxMessage.objects.due(LATER).exists()


def test_what_is_rolled_back_tells_nobody():
    with transaction.atomic():
        put()
        transaction.set_rollback(True)

    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_can_be_put():
    with pytest.raises(RuntimeError, match="transaction"):
        put()


def test_the_same_thing_is_told_once():
    first = put()

    assert put(body="Noch einmal") == first
    assert OutboxMessage.objects.get().body == RECEIPT["body"]


def test_a_newer_message_about_the_same_thing_takes_the_place_of_one_that_still_waits():
    former = put("reminder:post:1")
    newer = put("reminder:post:1", body="Neuer Stand", replace=True)

    assert state_of(former) == "superseded"
    assert list(OutboxMessage.objects.due(NOW)) == [newer]


def test_what_has_been_sent_stays_on_record_beside_the_newer_one():
    former = put()
    OutboxMessage.objects.update(state="sent", sent_at=NOW)
    newer = put(replace=True)

    assert (state_of(former), state_of(newer)) == ("sent", "waiting")
    assert outbox.supersede(newer.about) == 1
    assert outbox.supersede(newer.about) == 0


def test_a_mail_may_have_to_wait_for_its_time():
    put(not_before=LATER)

    assert not OutboxMessage.objects.due(NOW).exists()
    assert OutboxMessage.objects.due(LATER).exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "Hallo\r\nBcc: alle@example.org"},
        {"subject": "Hallo\nBcc: alle@example.org"},
        {"subject": "Hallo\u2028Bcc: alle@example.org"},
        {"subject": "a\0b"},
        {"subject": " "},
        {"subject": "x" * 151},
        {"to": "a@example.org\nBcc: alle@example.org"},
        {"to": "a@example.org, b@example.org"},
        {"to": "nobody"},
        {"to": ""},
        {"reply_to": "a@example.org\r\nX: y"},
        {"from_name": "Amt\r\nBcc: alle@example.org"},
        {"body": ""},
        {"body": "a\0b"},
        {"body": "a\ud800b"},
    ],
    ids=repr,
)
def test_what_would_break_a_header_is_refused_at_once(broken):
    with pytest.raises(ValidationError):
        put(**broken)


@pytest.mark.parametrize("about", ["", "invitation:amal@example.org", "a\nb", "für:dich"])
def test_the_key_names_a_thing_and_no_person(about):
    with pytest.raises(ValueError, match="about"):
        put(about)
