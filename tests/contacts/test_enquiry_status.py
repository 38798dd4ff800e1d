"""What has become of an enquiry: by number and code, for its sender alone."""

import datetime as dt
import io
import json
import re
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.enquiries import erasing, following, handling, matching
from contacts.enquiries.consent import agree, refuse
from contacts.models import Enquiry, EnquiryEvent, EnquiryMessage, Introduction
from contacts.models.enquiry import EnquiryKind, EnquiryState, Outcome
from contacts.snapshot import latest
from portal import my_data, privacy
from portal.entrance import account
from portal.models import OutboxMessage, User
from tests import factories
from tests.contacts.desk import NOW, desks, enquiry
from tests.portal.entering import code_in, entered
from tests.reading import seen_in
from tests.site import markup

pytestmark = pytest.mark.django_db
AMAL, BEN = "amal@example.org", "ben@example.org"
State = Introduction.State


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield desks()


@pytest.fixture
def asked(world) -> Enquiry:
    """A request of Amal's at the desk of Grimma."""
    return enquiry(
        world.place.richter,
        area=world.place.grimma,
        email=AMAL,
        kind=EnquiryKind.HELP_WANTED,
        activities=["homework"],
    )


@pytest.fixture
def offered(world) -> Enquiry:
    return enquiry(
        world.place.richter,
        area=world.place.grimma,
        email=BEN,
        name="Ben Brauer",
        kind=EnquiryKind.HELP_OFFERED,
        activities=["homework"],
    )


def ask_status(client: Client, number: str, email: str):
    return client.post("/en/anfrage/stand/", {"number": number, "email": email})


def by_code(client: Client, number: str, email: str):
    """The way in by number, address and code; the page that it leads to."""
    ask_status(client, number, email)
    return client.post("/en/anmelden/code/", {"code": code_in(email)}, follow=True)


def page_of(enquiry: Enquiry, name: str = "", *more, language: str = "en") -> str:
    address = reverse(f"contacts:enquiry{name}", args=[enquiry.uuid, *more])
    return re.sub(r"^/\w\w/", f"/{language}/", address)


# The way in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [str, str.lower, lambda number: number.replace("-", " ")])
def test_number_and_code_lead_to_the_enquiry(client, asked, typed):
    response = by_code(client, typed(asked.reference), AMAL)

    assert response.redirect_chain[-1][0].endswith(f"/anfrage/{asked.uuid}/")
    shown = seen_in(response)
    assert asked.reference in shown
    assert "waits for an answer" in shown
    assert "Martina Richter" in shown
    assert asked.text in shown


def test_nobody_learns_whether_a_number_or_an_address_exists(asked):
    pairs = [
        (asked.reference, AMAL),
        (asked.reference, "stranger@example.org"),
        ("AN-0000-0000", AMAL),
    ]

    answers = [ask_status(Client(), *pair) for pair in pairs]

    assert {(a.status_code, a["Location"]) for a in answers} == {(302, "/en/anmelden/code/")}


@pytest.mark.parametrize("whose", [AMAL, "stranger@example.org"])
def test_a_number_that_is_not_theirs_leads_to_what_is_their_own(client, asked, offered, whose):
    shown = seen_in(by_code(client, offered.reference, whose))

    assert "There is no enquiry with this number and your e-mail address" in shown
    assert offered.reference not in shown
    assert (asked.reference in shown) is (whose == AMAL)


def test_a_mistyped_number_says_what_a_number_looks_like_and_keeps_it(client, asked):
    wrong = asked.reference[:-1] + ("A" if asked.reference[-1] != "A" else "C")

    response = ask_status(client, wrong, AMAL)

    assert response.status_code == 422
    assert "This is no number of an enquiry. It has AN and eight letters" in seen_in(response)
    assert f'value="{wrong}"' in response.text
    assert not OutboxMessage.objects.filter(recipient=AMAL).exists()


def test_another_sender_staff_and_visitors_see_nothing_of_it(world, asked):
    stranger, desk = entered("stranger@example.org"), Client()
    desk.force_login(world.richter, backend="portal.auth.StaffBackend")
    for name, more in (("", ()), ("_write", ()), ("_withdraw", ()), ("_introduction", (1,))):
        address = page_of(asked, name, *more)
        assert stranger.post(address, {"text": "x", "answer": "agree"}).status_code == 404
        for outside in (Client(), desk):
            response = outside.post(address, {"text": "x"})
            assert response.status_code == 302
            assert urlsplit(response["Location"]).path == "/en/anmelden/"
    assert not asked.messages.exists()
    assert parse_qs(urlsplit(Client().get(page_of(asked))["Location"]).query)["weiter"]


# The page -----------------------------------------------------------------------------------------


def test_the_page_shows_answers_and_no_internal_notes(world, asked):
    handling.note(asked, "Speaks loudly", by=world.richter, now=NOW)
    handling.answer(asked, "We have found somebody.", by=world.richter, now=NOW)

    shown = seen_in(entered(AMAL).get(page_of(asked)))

    assert "answered" in shown
    assert "We have found somebody." in shown
    assert "loudly" not in shown


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_markup_of_the_pages_of_a_sender_holds_together(world, asked, offered, language):
    matching.propose(offered, asked, by=world.richter, now=NOW)
    handling.answer(asked, "We have found somebody.", by=world.richter, now=NOW)
    client = entered(AMAL)
    pages = [
        client.get(page_of(asked, language=language)),
        client.get(f"/{language}/anfrage/meine/?nicht-gefunden"),
        client.post(page_of(asked, "_write", language=language), {"text": ""}),
    ]

    assert [page.status_code for page in pages] == [200, 200, 422]
    for page in pages:
        for check in markup.CHECKS:
            assert check(markup.parse(page.text)) == [], check.__name__
        assert asked.reference not in re.search(r"<title>(.*?)</title>", page.text)[1]


def test_whoever_writes_again_opens_the_enquiry_and_tells_the_desk(world, asked):
    handling.answer(asked, "Done.", by=world.richter, now=NOW)
    handling.close(asked, Outcome.HELPED, by=world.richter, now=NOW)
    OutboxMessage.objects.all().delete()

    response = entered(AMAL).post(page_of(asked, "_write"), {"text": "It did not work."})

    asked.refresh_from_db()
    assert response.status_code == 302
    assert (asked.state, asked.outcome, asked.closed_at) == (EnquiryState.OPEN, "", None)
    assert asked.answer_by == dt.date(2026, 11, 26)  # three working days
    assert asked.messages.last().kind == EnquiryMessage.Kind.SENDER
    kinds = list(asked.events.order_by("-pk").values_list("kind", flat=True)[:2])
    assert kinds == [EnquiryEvent.Kind.WRITTEN, EnquiryEvent.Kind.REOPENED]
    mail = OutboxMessage.objects.get()
    assert mail.recipient == world.richter.email
    assert asked.reference in mail.subject
    assert "It did not work" not in mail.body


def test_a_message_to_an_open_enquiry_keeps_the_promised_day(world, asked):
    promised = asked.answer_by

    entered(AMAL).post(page_of(asked, "_write"), {"text": "And also on Mondays."})

    asked.refresh_from_db()
    assert asked.answer_by == promised


def test_after_the_end_of_an_agency_a_message_reaches_one_at_work(world, asked):
    other = factories.agency("Zweite", factories.district("Landkreis Zwei"), slug="zweite")
    handling.close(asked, Outcome.HELPED, by=world.richter, now=NOW)
    world.place.agency.ended_on = NOW.date() - dt.timedelta(days=1)
    world.place.agency.save()

    following.write(
        asked, "Once more", by=User.objects.create_user(AMAL), snapshot=latest(), now=NOW
    )

    asked.refresh_from_db()
    assert (asked.agency, asked.assigned_post) == (other, None)
    assert asked.events.last().agency == other


def test_what_is_no_longer_needed_is_closed_once(world, asked, offered):
    asked_pair = matching.propose(offered, asked, by=world.richter, now=NOW)
    client = entered(AMAL)

    for _time in range(2):
        assert client.post(page_of(asked, "_withdraw")).status_code == 302

    asked.refresh_from_db()
    asked_pair.refresh_from_db()
    assert (asked.state, asked.outcome) == (EnquiryState.CLOSED, Outcome.WITHDRAWN)
    assert asked.events.filter(kind=EnquiryEvent.Kind.CLOSED).count() == 1
    assert asked_pair.state == State.TAKEN_BACK
    assert "no longer needed" in seen_in(client.get(page_of(asked)))


# Introductions ------------------------------------------------------------------------------------


def test_two_who_agree_learn_each_others_name_and_nobody_does_before(world, asked, offered):
    pair = matching.propose(offered, asked, by=world.richter, now=NOW)
    amal, ben = entered(AMAL), entered(BEN)
    before = seen_in(amal.get(page_of(asked)))

    amal.post(page_of(asked, "_introduction", pair.pk), {"answer": "agree"})
    between = seen_in(ben.get(page_of(offered)))
    ben.post(page_of(offered, "_introduction", pair.pk), {"answer": "agree"})

    pair.refresh_from_db()
    assert pair.state == State.DONE
    for shown in (before, between):
        assert "Would you like to get to know each other?" in shown
        assert not re.search(r"Ben|Brauer|ben@|amal@", shown.replace("Yes", ""))
    to_amal = OutboxMessage.objects.get(recipient=AMAL, about__contains="introduced")
    to_ben = OutboxMessage.objects.get(recipient=BEN, about__contains="introduced")
    assert "Ben Brauer" in to_amal.body
    assert BEN in to_amal.body
    assert AMAL in to_ben.body
    assert "Brauer" not in to_amal.subject
    for side in (asked, offered):
        kinds = list(side.events.values_list("kind", flat=True))
        assert EnquiryEvent.Kind.AGREED in kinds
        assert kinds[-1] == EnquiryEvent.Kind.INTRODUCED


def test_for_a_telephone_number_alone_the_desk_is_told_to_call(world, asked, offered):
    Enquiry.objects.filter(pk=asked.pk).update(email="", phone="0151 2345678")
    pair = matching.propose(offered, asked, by=world.richter, now=NOW)

    assert agree(pair, "request", by=world.richter, now=NOW) is False
    assert agree(pair, "request", by=world.richter, now=NOW) is False  # told twice
    assert agree(pair, "offer", by=None, now=NOW) is True

    mail = OutboxMessage.objects.get(about__contains="to-call")
    assert mail.recipient == world.richter.email
    assert offered.reference in mail.body
    assert "0151 2345678" in OutboxMessage.objects.get(recipient=BEN, about__contains="intro").body


def test_who_refuses_is_asked_no_more_and_nobody_is_introduced(world, asked, offered):
    pair = matching.propose(offered, asked, by=world.richter, now=NOW)
    client = entered(AMAL)

    client.post(page_of(asked, "_introduction", pair.pk), {"answer": "refuse"})
    again = client.post(page_of(asked, "_introduction", pair.pk), {"answer": "agree"})

    pair.refresh_from_db()
    assert pair.state == State.REFUSED
    assert again.status_code == 404
    assert not OutboxMessage.objects.filter(about__contains="introduced").exists()
    with pytest.raises(Exception, match="settled already"):
        refuse(pair, "offer", by=None, now=NOW)


def test_nobody_is_introduced_once_one_side_is_closed(world, asked, offered):
    pair = matching.propose(offered, asked, by=world.richter, now=NOW)
    Enquiry.objects.filter(pk=asked.pk).update(state="closed", closed_at=NOW, outcome="helped")

    with pytest.raises(Exception, match="closed"):
        agree(pair, "offer", by=None, now=NOW)


# My data, and the end -----------------------------------------------------------------------------


def test_the_copy_of_ones_data_has_ones_enquiries_and_no_internal_notes(world, asked, offered):
    handling.note(asked, "Speaks loudly", by=world.richter, now=NOW)
    handling.answer(asked, "We have found somebody.", by=world.richter, now=NOW)

    with my_data.write(User.objects.create_user(AMAL), now=NOW) as stream:
        archive = zipfile.ZipFile(io.BytesIO(stream.read()))
        (row,) = json.loads(archive.read("data.json"))["enquiries"]

    assert row["number"] == asked.reference
    assert row["text"] == asked.text
    assert [said["text"] for said in row["messages"]] == ["We have found somebody."]
    assert "Brauer" not in str(row)


def test_with_the_account_everything_goes_that_names_the_sender(world, asked, offered):
    pair = matching.propose(offered, asked, by=world.richter, now=NOW)
    for side in ("offer", "request"):
        agree(pair, side, by=None, now=NOW)
    user = User.objects.create_user(AMAL)
    following.write(asked, "I am Amal.", by=user, snapshot=latest(), now=NOW)

    assert privacy.erase(user, now=NOW)

    asked.refresh_from_db()
    assert (asked.email, asked.name, asked.phone, asked.text) == ("", "", "", "")
    assert (asked.state, asked.erased_at, asked.kind) == ("closed", NOW, EnquiryKind.HELP_WANTED)
    assert asked.area == world.place.grimma
    assert not asked.messages.exists()
    assert AMAL not in str(list(OutboxMessage.objects.values_list("body", "recipient")))
    offered.refresh_from_db()
    assert offered.email == BEN


def test_enquiries_follow_their_sender_to_another_address(asked, offered):
    user = User.objects.create_user(AMAL)

    assert account.change_address(user, "new@example.org", now=NOW)

    user.refresh_from_db()
    assert list(Enquiry.objects.visible_to(user)) == [asked]
    offered.refresh_from_db()
    assert offered.email == BEN


@pytest.mark.parametrize(
    ("kind", "days"), [(EnquiryKind.HELP_WANTED, 90), (EnquiryKind.HELP_OFFERED, 365)]
)
def test_a_closed_enquiry_is_kept_for_its_days_and_not_longer(world, kind, days):
    row = enquiry(world.place.richter, kind=kind, email=AMAL)
    User.objects.create_user(AMAL)
    handling.close(row, Outcome.HELPED, by=world.richter, now=NOW)

    on_the_last_day = erasing.erase_due(NOW + dt.timedelta(days=days))
    afterwards = [erasing.erase_due(NOW + dt.timedelta(days=days + 1)) for _time in range(2)]

    row.refresh_from_db()
    assert (on_the_last_day, afterwards) == (0, [1, 0])
    assert row.email == row.name == row.text == ""
    assert row.outcome == Outcome.HELPED
    assert User.objects.of_address(AMAL) is None  # nothing else needs the account


def test_an_answer_begins_the_period_where_nobody_closes(world, asked):
    handling.answer(asked, "Done.", by=world.richter, now=NOW)
    later = NOW + dt.timedelta(days=50)
    following.write(asked, "Thanks", by=None, snapshot=latest(), now=later)
    handling.answer(asked, "You are welcome.", by=world.richter, now=later)

    too_early = erasing.erase_due(NOW + dt.timedelta(days=91))
    count = erasing.erase_due(later + dt.timedelta(days=91))

    asked.refresh_from_db()
    assert (too_early, count) == (0, 1)
    assert (asked.state, asked.outcome) == (EnquiryState.CLOSED, Outcome.NO_REPLY)


def test_what_nobody_has_answered_is_never_erased(world, asked):
    assert erasing.erase_due(NOW + dt.timedelta(days=4000)) == 0


def test_the_privacy_page_names_the_periods(client, world):
    shown = seen_in(client.get("/en/datenschutz/"))

    assert "You write to an office" in shown
    for period in ("90 days after the end", "1 year after", "3 years after"):
        assert period in shown
