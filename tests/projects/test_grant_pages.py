"""The pages of a recipient: what stands there, what can be done, and what is refused."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import OutboxMessage
from projects import account_links
from projects.models import Amendment, Application, Delivery, Objection, Payout
from projects.states import GrantState, PayoutState
from projects.workflow import granted
from tests.portal.entering import entered
from tests.projects import cases, grants
from tests.projects.grants import IBAN, NOW, ON, OTHER_IBAN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
G = GrantState


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(place):
    return grants.granted_in(place.agency)


@pytest.fixture
def client(world):
    return entered("amal@example.org")


def url(world, route: str = "grant", *arguments) -> str:
    address = reverse(f"projects:{route}", args=[world.case.uuid, *arguments])
    return f"/en/{address.lstrip('/').partition('/')[2]}"


ASKED = {
    "amount": "123,45",
    "mode": "advance",
    "spent": "0",
    "expected_until": "2026-06-01",
    "holder": grants.AMAL,
    "iban": "DE89 3704 0044 0532 0130 00",
}


# How it stands ------------------------------------------------------------------------------------


def test_the_page_says_how_it_stands_and_why_something_is_not_possible_yet(world, client):
    page = client.get(url(world)).text

    for said in ("€450.00", "Decided", "Ask for money", "Not now:", "you can waive", "5 Sep"):
        assert said.lower() in page.lower(), said
    assert "Your grant" in client.get(f"/en/antrag/{world.case.uuid}/").text
    assert client.get(url(world, "payout")).status_code == 302


def test_an_application_without_a_grant_has_no_such_page(place, client, world):
    other = cases.submitted(world.case.call, world.amal)

    assert client.get(f"/en/antrag/{other.uuid}/zuwendung/").status_code == 404
    assert "Your grant" not in client.get(f"/en/antrag/{other.uuid}/").text


# Letters ------------------------------------------------------------------------------------------


def test_a_letter_is_delivered_by_the_button_and_by_nothing_else(world, client):
    letter = world.case.letters.get()
    Delivery.objects.all().delete()
    Delivery.objects.create(letter=letter, way=Delivery.Way.PORTAL, sent_on=ON)
    page, file = url(world, "letter", 1), url(world, "letter_document", 1)

    assert "counts as delivered" in client.get(page).text
    assert client.get(file).status_code == client.head(file).status_code == 302
    stranger = entered("badr@example.org")
    for address in (page, file):
        assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    assert Delivery.objects.get().fetched_at is None

    answer = client.post(page, follow=True)

    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == bytes(letter.pdf)
    delivery = Delivery.objects.get()
    assert (delivery.fetched_at, delivery.announced_on) == (NOW, ON + dt.timedelta(days=1))
    assert client.get(page).status_code == 302
    assert "until 5 Jun 2026" in client.get(url(world)).text


def test_a_letter_that_is_opened_too_late_goes_by_post_whenever_the_clock_comes_by(world, client):
    letter = world.case.letters.get()
    Delivery.objects.all().delete()
    days = dt.timedelta(days=11)
    Delivery.objects.create(letter=letter, way=Delivery.Way.PORTAL, sent_on=ON - days)

    answer = client.post(url(world, "letter", 1), follow=True)

    assert b"".join(answer.streaming_content) == bytes(letter.pdf)
    missed, posted = Delivery.objects.order_by("pk")
    assert (missed.fetched_at, missed.announced_on, missed.failed_on) == (None, None, ON)
    assert (posted.way, posted.sent_on) == (Delivery.Way.POST, None)


def test_a_letter_that_came_by_post_can_be_read_too(world, client):
    assert client.get(url(world, "letter_document", 1))["Content-Type"] == "application/pdf"
    assert client.get(url(world, "letter_document", 2)).status_code == 404


# Once and for all ---------------------------------------------------------------------------------


def test_the_objection_is_waived_after_a_question(world, client):
    assert "cannot be undone" in client.get(url(world, "waive")).text
    assert world.grant.state == G.ANNOUNCED

    page = client.post(url(world, "waive"), follow=True).text

    assert "The decision is final" in page
    assert world.grant.state == G.FINAL
    assert client.post(url(world, "waive")).status_code == 302


def test_a_grant_is_declined_after_a_question(world, client):
    assert "€450.00" in client.get(url(world, "decline")).text

    page = client.post(url(world, "decline"), follow=True).text

    assert "You have declined the grant" in page
    assert world.grant.state == G.DECLINED
    assert "What you can do now" not in page


# Objection ----------------------------------------------------------------------------------------


def test_an_objection_is_sent_and_withdrawn(world, client):
    address = url(world, "object_to", 1)
    assert client.post(address, {"text": " "}).status_code == 422

    page = client.post(address, {"text": "Zu wenig."}, follow=True).text
    assert "Your objection has arrived" in page
    filed = Objection.objects.get()
    assert (filed.text, filed.is_late, filed.received_on) == ("Zu wenig.", False, ON)
    assert "nothing is paid until then" in client.get(url(world)).text
    assert client.get(address).status_code == 302  # one is open already

    page = client.post(url(world, "withdraw_objection", 1), follow=True).text
    assert "The decision stands" in page
    filed.refresh_from_db()
    assert filed.state == "withdrawn"


def test_a_late_objection_is_told_so_and_taken(world, client):
    until = Delivery.objects.get().objection_until
    for late, said in ((0, False), (1, True)):
        day = until + dt.timedelta(days=late)
        with time_machine.travel(dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC), tick=False):
            page = entered("amal@example.org").get(url(world, "object_to", 1)).text
            assert ("was over on" in page) == said


# A change -----------------------------------------------------------------------------------------


def test_a_change_is_asked_for_and_taken_back(world, client):
    address = url(world, "amendment")
    typed = {
        "starts_on": "2026-09-05",
        "ends_on": "2026-09-12",
        "award": "440",
        "line_1": "255,00",
        "line_2": "245",
        "reason": "Regen",
    }
    assert 'value="450,00"' in client.get(address).text
    answer = client.post(address, typed | {"award": "1,234"})
    assert answer.status_code == 422
    assert 'value="1,234"' in answer.text
    answer = client.post(address, typed | {"ends_on": "2027-09-12"})
    assert "the call allows" in answer.text

    page = client.post(address, typed, follow=True).text

    assert "€440.00 instead of €450.00" in page
    asked = Amendment.objects.get()
    assert (asked.award_cents, asked.lines, asked.starts_on) == (44_000, {}, None)
    assert client.get(address).status_code == 302
    page = client.post(url(world, "withdraw_amendment"), follow=True).text
    assert "stays as it was granted" in page


# Money --------------------------------------------------------------------------------------------


@pytest.fixture
def final(world):
    granted.waive(world.case, by=world.amal, now=NOW)
    return world


def test_money_is_asked_for(final, client):
    page = client.get(url(final, "payout")).text
    assert grants.AMAL in page
    assert "€450.00 are left" in page

    page = client.post(url(final, "payout"), ASKED, follow=True).text

    assert "The office has your request" in page
    payout = Payout.objects.get()
    assert (payout.amount_cents, payout.iban) == (12_345, IBAN)
    assert "the office checks it" in page
    assert "DE89 3704 0044 0532 0130 00" in client.get(url(final, "payout")).text  # next time


WRONG = (
    ({"amount": ""}, "Enter an amount"),
    ({"amount": "450,01"}, "Ask for that or less"),
    ({"amount": "1,234"}, "It is not clear"),
    ({"mode": ""}, "Choose what the money is for"),
    ({"spent": ""}, "Enter an amount"),
    ({"expected_until": ""}, "Say until when"),
    ({"expected_until": "2026-07-05"}, "until 4 July 2026"),
    ({"expected_until": "soon"}, "Enter a day"),
    ({"holder": ""}, "Enter whose account"),
    ({"holder": "Bank AG"}, "does not go to an account of Amal Haddad"),
    ({"iban": ""}, "Enter the IBAN"),
    ({"iban": "DE89 3704 0044 0532 0130 01"}, "This is no IBAN"),
    ({"iban": "x" * 10_000}, "at most 60 characters"),
    ({"mode": "reimbursement"}, "you have spent €0.00"),
    ({"holder": "\x00"}, "Null characters"),
    ({"holder_reason": "x" * 301}, "at most 300 characters"),
)


def test_what_is_wrong_is_said_beside_it_and_what_was_typed_is_kept(final, client):
    for changed, said in WRONG:
        answer = client.post(url(final, "payout"), ASKED | changed)
        assert answer.status_code == 422, changed
        assert said in answer.text, changed
        assert "<title>Error:" in answer.text
        if "amount" not in changed:
            assert 'value="123,45"' in answer.text
    assert not Payout.objects.exists()


def test_a_new_account_is_confirmed_by_the_link_in_the_mail(final, client):
    client.post(url(final, "payout"), ASKED)
    page = client.post(url(final, "payout"), ASKED | {"iban": OTHER_IBAN}, follow=True).text
    assert "Please confirm it by the link" in page
    payout = Payout.objects.get(number=2)
    address = url(final, "confirm_account", account_links.token_of(payout))
    mail = OutboxMessage.objects.get(about__contains=":account-")
    assert "/weiter/" in mail.body
    assert client.get(url(final, "confirm_account", "x")).status_code == 404
    assert entered("badr@example.org").post(address).status_code == 404

    assert "DE02 1203 0000 0000 2020 51" in client.get(address).text
    payout.refresh_from_db()
    assert payout.confirmed_at is None

    page = client.post(address, follow=True).text

    assert "The account has been confirmed" in page
    payout.refresh_from_db()
    assert payout.confirmed_at == NOW
    assert client.get(address).status_code == 302


def test_after_a_bounce_the_account_is_put_right(final, client):
    payout = final.bring(final.ask(), PayoutState.BOUNCED)
    address = url(final, "payout_account", 1)
    assert "Konto erloschen" in client.get(address).text
    wrong = client.post(address, {"holder": grants.AMAL, "iban": "DE00"})
    assert wrong.status_code == 422

    page = client.post(address, {"holder": grants.AMAL, "iban": OTHER_IBAN}, follow=True).text

    assert "confirm it by the link" in page
    payout.refresh_from_db()
    assert (payout.iban, payout.is_other_account) == (OTHER_IBAN, True)
    assert client.get(url(final, "payout_account", 2)).status_code == 302


def test_nobody_asks_for_money_without_end(final, client):
    for number in range(21):
        answer = client.post(url(final, "payout"), ASKED | {"amount": "0,01"})
        assert answer.status_code == (302 if number < 20 else 429)


# All pages ----------------------------------------------------------------------------------------


def test_the_list_of_applications_costs_the_same_with_many_grants(place, world, client):
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/en/antrag/")
    for _number in range(3):
        grants.granted_in(place.agency, call=world.case.call)
    Application.objects.update(saved_at=NOW)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/en/antrag/").text
    assert page.count("Decided") == 4
    assert len(many) == len(few)
