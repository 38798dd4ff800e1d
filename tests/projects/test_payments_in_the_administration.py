"""Payments and changes on the page of a case, and the list of the finance office."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.models import Tenure
from contacts.roles import Role
from projects.models import Amendment, Application, Extension, Payout
from projects.states import GrantState, PayoutState
from projects.terms import Channel
from projects.workflow import amending
from tests import factories
from tests.projects import factories as funding
from tests.projects import grants
from tests.projects.grants import IBAN, NOW, ON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SHOWN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(place):
    return grants.final_in(place.agency)


def as_(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def url(world, name: str = "change", *arguments) -> str:
    return reverse(f"admin:projects_application_{name}", args=[world.pk, *arguments])


LIST = reverse("admin:projects_payout_changelist")


def test_a_payment_goes_through_the_hands_of_three_people(world):
    payout = world.ask(12_345)
    anna, ben, carla = map(as_, (world.anna, world.ben, world.carla))
    page = anna.get(url(world)).text
    assert "Certify payout 1" in page
    assert SHOWN in page
    assert "Order payout" not in page

    assert "It is certified" in anna.post(url(world, "payout_certify", 1), follow=True).text
    page = anna.get(url(world)).text
    assert "Order payout 1: A decider does this." in page
    anna.post(url(world, "payout_order", 1))
    payout.refresh_from_db()
    assert payout.state == PayoutState.CERTIFIED

    ben.post(url(world, "payout_order", 1))
    assert "1 payment is ordered" in carla.get(LIST).text
    assert "1 payment is ordered" not in ben.get(LIST).text
    hand_over = reverse("admin:projects_payout_hand_over", args=[world.case.agency_id])
    assert ben.post(hand_over).status_code == 403
    page = carla.post(hand_over, follow=True)
    assert "1 payment is handed over" in page.text
    listed = page.context["lists"][0]
    file = reverse("admin:projects_payout_list", args=[listed.agency_id, listed.key])
    saved = carla.get(file)
    assert IBAN in saved.content.decode()
    assert carla.get(file).content == saved.content
    assert carla.get(file.replace(str(listed.key), "9" * 30)).status_code == 404
    assert "Nothing waits" in carla.post(hand_over, follow=True).text

    row = f"{reverse('admin:projects_payout_paid')}?row={payout.pk}&row=x&row={'9' * 20}"
    chosen = {"action": "paid_together", "_selected_action": [payout.pk]}
    assert carla.post(LIST, chosen).url == row.partition("&")[0]
    assert "123.45" in carla.get(row).text
    assert carla.post(row, {"paid_on": ""}).status_code == 422
    page = carla.post(row, {"paid_on": "2026-05-05"}, follow=True).text
    assert "still to come" in page
    page = carla.post(row, {"paid_on": ON.isoformat()}, follow=True).text
    assert "1 payment is paid" in page
    assert world.sums == (45_000, 12_345, 955_000)
    assert "moved on" in carla.post(row, {"paid_on": ON.isoformat()}, follow=True).text
    assert world.sums == (45_000, 12_345, 955_000)


def test_a_payment_is_refused_or_comes_back_with_a_reason(world):
    world.bring(world.ask(100), PayoutState.EXPORTED)
    world.ask(200)
    anna, carla = as_(world.anna), as_(world.carla)

    assert anna.post(url(world, "payout_refuse", 2), {"text": " "}).status_code == 422
    assert anna.post(url(world, "payout_refuse", 2), {"text": "x" * 501}).status_code == 422
    anna.post(url(world, "payout_refuse", 2), {"text": "Beleg fehlt"})
    carla.post(url(world, "payout_bounced", 1), {"text": "Konto erloschen"})

    states = dict(Payout.objects.values_list("number", "state"))
    assert states == {1: PayoutState.BOUNCED, 2: PayoutState.REFUSED}
    page = anna.get(url(world)).text
    assert "Beleg fehlt" in page
    assert "Certify payout 1" in page
    assert anna.get(url(world, "payout_refuse", 9)).status_code == 404


def test_a_payment_is_marked_as_paid_on_the_page_of_the_case_too(world):
    world.bring(world.ask(100), PayoutState.EXPORTED)

    as_(world.carla).post(url(world, "payout_paid", 1), {"paid_on": ON.isoformat()})

    assert world.sums[1] == 100


def test_an_account_that_is_not_confirmed_says_why_it_waits(world):
    world.ask(100)
    world.ask(100, iban=grants.OTHER_IBAN)

    page = as_(world.anna).get(url(world)).text

    assert "Certify payout 2: The new account has not been confirmed yet." in page
    as_(world.anna).post(url(world, "payout_confirm", 2))
    assert Payout.objects.get(number=2).confirmed_at is None  # it came online


def test_coordinators_see_which_account_it_is_and_not_all_of_it(world, place):
    user = funding.staff(place.agency, Role.COORDINATOR)
    Tenure.objects.create(
        post=world.case.assigned_post,
        person=factories.holder(factories.post(place.agency), "Kim Koch"),
        valid_from=None,
    )
    person = world.case.assigned_post.tenures.last().person
    type(person).objects.filter(pk=person.pk).update(user=user)
    world.ask(100)

    page = as_(user).get(url(world)).text

    assert "DE89 … 3000" in page
    assert SHOWN not in page
    assert as_(user).get(LIST).status_code == 403


def test_a_change_is_checked_and_decided_on_two_pages(world):
    what = amending.Wanted("Der Saal ist teurer.", award_cents=47_000)
    amending.request(world.case, what, by=world.amal, now=NOW)
    anna, ben = as_(world.anna), as_(world.ben)
    assert "has to check it first" in ben.get(url(world)).text

    assert "€470.00 instead of €450.00" in anna.get(url(world, "check_amendment")).text
    anna.post(url(world, "check_amendment"), {"text": "Einverstanden."})
    page = ben.get(url(world, "decide_amendment")).text
    assert "Einverstanden." in page
    assert ben.post(url(world, "decide_amendment"), {"text": "x"}).status_code == 422
    page = ben.post(
        url(world, "decide_amendment"), {"granted": "yes", "text": "Gut."}, follow=True
    ).text

    assert "the letter is issued" in page
    assert Amendment.objects.get().state == "granted"
    assert world.grant.award_cents == 47_000
    assert anna.get(url(world, "check_amendment")).status_code == 404


def test_more_time_is_given_with_a_reason(world):
    anna, until = as_(world.anna), world.grant.proof_due_on + dt.timedelta(days=7)
    assert anna.post(url(world, "extend"), {"until": "2026-05-01", "text": "x"}).status_code == 422

    anna.post(url(world, "extend"), {"until": until.isoformat(), "text": "Krankheit"})

    assert Extension.objects.get().until == until
    assert "Krankheit" in anna.get(url(world)).text


def test_caseworkers_enter_what_came_on_paper(place):
    world = grants.granted_in(place.agency)
    Application.objects.filter(pk=world.pk).update(channel=Channel.PAPER)
    anna = as_(world.anna)
    assert "The objection was waived" in anna.get(url(world)).text
    anna.post(url(world, "waive"))
    assert world.grant.state == GrantState.FINAL
    money = {
        "amount": "100",
        "mode": "advance",
        "spent": "0",
        "expected_until": "2026-06-01",
        "holder": grants.AMAL,
        "iban": IBAN,
    }
    assert anna.post(url(world, "payout"), money | {"iban": "DE"}).status_code == 422
    anna.post(url(world, "payout"), money)
    anna.post(url(world, "payout"), money | {"iban": grants.OTHER_IBAN})
    page = anna.get(url(world)).text
    assert "the new account is right" in page
    anna.post(url(world, "payout_confirm", 2))
    assert Payout.objects.get(number=2).confirmed_at == NOW
    change = {
        "starts_on": "2026-09-05",
        "ends_on": "2026-09-06",
        "award": "450",
        "line_1": "255",
        "line_2": "245",
        "reason": "Regen",
    }
    anna.post(url(world, "ask_amendment"), change)
    assert Amendment.objects.get().ends_on == dt.date(2026, 9, 6)
    assert anna.post(url(world, "decline"), {"sure": ""}).status_code == 422

    anna.post(url(world, "decline"), {"sure": "on"})

    assert world.grant.state == GrantState.DECLINED
    assert set(Payout.objects.values_list("state", flat=True)) == {PayoutState.REFUSED}
