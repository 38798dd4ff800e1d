"""Addresses are compared in any case of their letters, and no other letter counts as the same."""

import datetime as dt

import pytest

from contacts.models import Enquiry, Meeting
from contacts.network import access
from portal import outbox, privacy
from portal.models import OutboxMessage
from tests import factories
from tests.contacts import desk
from tests.contacts.county import county

pytestmark = pytest.mark.django_db


def test_a_letter_that_only_looks_the_same_makes_another_address():
    """A capital "ı" is an "I", and everybody may have a domain or a name with an "ı"."""
    place = county()
    group = factories.group(place.agency, slug="ag")
    factories.member(group, "Iris@Mail.example", convenes=True)
    desk.enquiry(place.richter, email="iris@mail.example")
    own, other = factories.user("iris@mail.example"), factories.user("ırıs@maıl.example")

    assert access.may_convene(own, group, dt.date(2026, 11, 23))
    assert set(access.groups_for(own)) == {group}
    assert Enquiry.objects.visible_to(own).count() == 1

    assert not access.may_convene(other, group, dt.date(2026, 11, 23))
    assert not access.groups_for(other)
    assert not Meeting.objects.visible_to(other)
    assert not Enquiry.objects.visible_to(other)
    privacy.erase(other, now=desk.NOW)
    assert group.members.count() == Enquiry.objects.filter(erased_at=None).count() == 1


def test_whoever_is_erased_gets_no_answers_to_mails_either():
    for number, reply_to in enumerate(["Vera@example.org", "amt@example.org"]):
        outbox.put(
            f"test:{number}",
            to="mira@example.org",
            subject="Test",
            body="Test",
            now=desk.NOW,
            reply_to=reply_to,
        )

    privacy.erase(factories.user("vera@example.org"), now=desk.NOW)

    kept = OutboxMessage.objects.order_by("about").values_list("recipient", "reply_to")
    assert list(kept) == [("mira@example.org", ""), ("mira@example.org", "amt@example.org")]


def test_a_long_name_of_a_sender_is_cut():
    """Of an agency or a pool; PostgreSQL would refuse the mail, and all that it tells about."""
    options = {"subject": "Test", "body": "Test", "now": desk.NOW, "from_name": "Amt " * 50}

    sent = outbox.put("test", to="mira@example.org", **options)

    assert len(sent.from_name) == 150
