"""Taking up whoever asks to join: the partner, the members, the mail, and who may do it."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.enquiries.handling import MeanwhileError, seen_of
from contacts.models import (
    Enquiry,
    EnquiryEvent,
    GroupMember,
    Organisation,
    StaffRole,
    WorkingGroup,
)
from contacts.models.enquiry import EnquiryKind, EnquiryState
from contacts.network import joining
from contacts.roles import Role
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.desk import LIST, NOW, Desks, client_of, desks, enquiry, staff
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
SENDER = "amal@example.org"


@pytest.fixture(autouse=True)
def now(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def here() -> Desks:
    return desks()


@pytest.fixture
def asked(here) -> Enquiry:
    return asking(here, text="Wir möchten in der Gruppe „AG Sport“ mitmachen.")


def asking(here: Desks, **fields) -> Enquiry:
    fields = {"organisation": "Chor  Sonne", "area": here.place.grimma, **fields}
    return enquiry(None, agency=here.place.agency, kind=EnquiryKind.NETWORK, **fields)


def take_up(row: Enquiry, by, *groups: WorkingGroup, **fields) -> Organisation:
    values = {"name": "Chor Sonne", "kind": "volunteers", "area": None, "is_listed": True}
    return joining.take_up(row, **values | fields, groups=groups, by=by, now=NOW)


def test_whoever_asks_becomes_a_partner_and_a_member_in_three_clicks(here, asked):
    group = factories.group(here.place.agency, "AG Sport", kind="working")
    factories.group(factories.agency("Fremde Stelle"), "AG Fremd")
    factories.group(here.place.agency, "AG Alt", ended_on=dt.date(2026, 11, 22))
    client = client_of(here.admin)
    address = f"{LIST}{asked.pk}/take-up/"

    assert "Take up into the network" in seen_in(client.get(f"{LIST}{asked.pk}/change/"))
    form = client.get(address)
    assert 'value="Chor  Sonne"' in form.text
    assert f'<option value="{here.place.grimma.pk}" selected' in form.text
    assert "AG Sport" in seen_in(form)
    chosen = form.context["form"]["groups"].value()
    assert chosen == [group.pk]  # which the enquiry names
    assert "AG Fremd" not in form.text
    assert "AG Alt" not in form.text
    answer = client.post(
        address,
        {
            "name": "Chor  Sonne",
            "kind": "volunteers",
            "area": here.place.grimma.pk,
            "summary": "Singt dienstags",
            "is_listed": "on",
            "groups": [group.pk],
            "seen": seen_of(asked),
        },
        follow=True,
    )

    assert "Taken up. The sender is told by mail" in seen_in(answer)
    assert "taken up into the network (" in seen_in(answer)
    assert f"{address}" not in answer.text  # the step is no longer offered
    partner = Organisation.objects.get()
    assert (partner.slug, partner.name, partner.area) == (
        "chor-sonne",
        "Chor Sonne",
        here.place.grimma,
    )
    assert (partner.email, partner.phone) == ("", "")  # of the sender, and nobody else's business
    member = GroupMember.objects.get()
    assert (member.group, member.organisation, member.name, member.email, member.valid_from) == (
        group,
        partner,
        "Amal Haddad",
        SENDER,
        NOW.date(),
    )
    public = seen_in(Client().get("/en/netzwerk/"))
    assert "Chor Sonne Initiative of volunteers Grimma Singt dienstags" in public
    assert "Amal" not in public
    assert client.get(f"/en/netzwerk/gruppen/{group.slug}/mitglieder/").status_code == 200


def test_the_sender_is_told_which_groups_and_where_their_pages_are(here, asked):
    group = factories.group(here.place.agency, "AG Sport")
    take_up(asked, here.admin, group)

    (told,) = OutboxMessage.objects.filter(recipient=SENDER)
    assert told.subject == f"Enquiry {asked.reference}: welcome to the network"
    assert "Chor Sonne is now part of the network" in told.body
    assert "- AG Sport" in told.body
    assert "/en/netzwerk/meine/" in told.body
    assert told.is_secret
    assert mail.outbox == []
    asked.refresh_from_db()
    assert (asked.state, asked.answered_at) == (EnquiryState.ANSWERED, NOW)
    event = asked.events.get(kind=EnquiryEvent.Kind.TAKEN_UP)
    assert (event.by, event.reason) == (here.admin, "")


def test_a_second_time_is_refused_and_writes_nothing(here, asked):
    group = factories.group(here.place.agency)
    before = seen_of(asked)
    take_up(asked, here.admin)

    with pytest.raises(ValidationError, match="taken up into the network already"):
        take_up(asked, here.admin, group)
    with pytest.raises(MeanwhileError, match="taken up into the network"):
        take_up(asked, here.admin, group, seen=before)

    assert Organisation.objects.count() == 1
    assert not GroupMember.objects.exists()
    page = client_of(here.admin).post(
        f"{LIST}{asked.pk}/take-up/", {"name": "Chor Mond", "kind": "sport"}
    )
    assert page.status_code == 422
    assert "taken up into the network already" in seen_in(page)
    assert 'value="Chor Mond"' in page.text


def test_a_partner_of_that_name_and_a_member_of_that_address_are_there_once(here, asked):
    known = factories.organisation(here.place.agency, "Chor Sönne", kind="sport", is_listed=False)
    joined, left = factories.group(here.place.agency), factories.group(here.place.agency)
    factories.member(joined, SENDER.upper(), name="Schon da", convenes=True)
    factories.member(left, SENDER, name="War da", valid_until=dt.date(2026, 11, 22), convenes=True)

    partner = take_up(asked, here.admin, joined, left, name="chor soenne")

    assert partner == known
    known.refresh_from_db()
    assert (known.kind, known.is_listed) == ("sport", False)
    assert joined.members.get().name == "Schon da"
    assert joined.members.get().role == "convenor"
    again = left.members.get()
    assert (again.name, again.valid_until, again.role) == ("War da", None, "member")


def test_without_an_address_there_is_a_partner_and_no_member(here):
    row = asking(here, email="", phone="03437 12345")
    group = factories.group(here.place.agency)

    with pytest.raises(ValidationError, match="no e-mail address"):
        take_up(row, here.admin, group)
    assert 'name="groups"' not in client_of(here.admin).get(f"{LIST}{row.pk}/take-up/").text
    take_up(row, here.admin)

    row.refresh_from_db()
    assert row.is_open  # somebody has to call
    assert not OutboxMessage.objects.exists()


def test_what_does_not_fit_is_refused(here, asked):
    abroad = factories.group(factories.agency("Fremde Stelle"))
    ended = factories.group(here.place.agency, ended_on=dt.date(2026, 11, 22))
    for fields, groups, said in (
        ({"name": " \u200b "}, (), "Enter the name"),
        ({"kind": "nonsense"}, (), "Choose the kind"),
        ({}, (abroad,), "Choose groups of this agency"),
        ({}, (ended,), "Choose groups of this agency"),
    ):
        with pytest.raises(ValidationError, match=said):
            take_up(asked, here.admin, *groups, **fields)
    closed = asking(here, state="closed", outcome="helped", closed_at=NOW)
    with pytest.raises(ValidationError, match="Open it again first"):
        take_up(closed, here.admin)
    help_wanted = enquiry(here.place.richter)
    with pytest.raises(ValidationError, match="does not ask to join"):
        take_up(help_wanted, here.admin)
    page = client_of(here.admin).get(f"{LIST}{help_wanted.pk}/take-up/")
    assert page.status_code == 404
    bad = {"name": "x" * 201, "kind": "nope", "area": "99999999999999999999", "groups": ["x"]}
    page = client_of(here.admin).post(f"{LIST}{asked.pk}/take-up/", bad)
    assert page.status_code == 422
    assert not Organisation.objects.exists()


def test_those_who_keep_the_network_take_up_and_nobody_else(here, asked):
    """Editors do not see enquiries; caseworkers see none, and keep no network."""
    for role in (Role.CASEWORKER, Role.EDITOR, Role.AUDITOR):
        user = staff(here.place, role)
        assert client_of(user).get(f"{LIST}{asked.pk}/take-up/").status_code in (403, 404)
        with pytest.raises(ValidationError, match="another desk"):
            take_up(asked, user)
    stranger = factories.user(is_staff=True)
    other = factories.agency("Fremde Stelle")
    StaffRole.objects.create(user=stranger, agency=other, role=Role.AGENCY_ADMIN)
    with pytest.raises(ValidationError, match="another desk"):
        take_up(asked, stranger)

    assert not Organisation.objects.exists()
    assert take_up(asked, here.richter).slug == "chor-sonne"


def test_an_enquiry_that_was_taken_up_is_kept_from_that_day_on(here):
    """Whatever is erased of the enquiry, the member stays until its group ends."""
    from contacts.enquiries import erasing

    long_ago = NOW - dt.timedelta(days=1000)
    row = asking(here, now=long_ago)
    take_up(row, here.admin, factories.group(here.place.agency))

    assert erasing.erase_due(NOW) == 0
    erasing.erase_due(NOW + dt.timedelta(days=1000))

    row.refresh_from_db()
    assert (row.organisation, row.email) == ("", "")
    assert not OutboxMessage.objects.filter(about__contains="taken-up").exists()
    assert GroupMember.objects.get().email == SENDER
