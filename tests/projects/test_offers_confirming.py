"""Once a year a mail asks if an offer is still right; only a button confirms what was shown."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.models import Correction, StaffRole
from contacts.roles import Role
from portal.models import OutboxMessage
from projects import offer_confirming
from projects.models import Offer, OfferTranslation
from projects.models.guide import OfferState
from tests import factories
from tests.contacts.county import BEFORE_NOON, County
from tests.projects.offering import offer
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
TODAY = BEFORE_NOON.date()
LONG_AGO = TODAY - dt.timedelta(days=366)


@pytest.fixture(autouse=True)
def on_a_monday():
    with time_machine.travel(BEFORE_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def cafe(place: County) -> Offer:
    return offer(
        place.agency,
        place.grimma,
        slug="cafe",
        confirmed_on=LONG_AGO,
        submitter_name="Ana Muster",
        submitter_email="ana@verein.example",
    )


def ask(after: int = 0) -> list[OutboxMessage]:
    """The mails of the job, so many days later."""
    offer_confirming.ask(BEFORE_NOON + dt.timedelta(days=after))
    return list(OutboxMessage.objects.order_by("pk"))


def link() -> str:
    (mail,) = ask()
    return re.search(r"(/de/angebote/bestaetigen/\S+)", mail.body)[1]


def answer(url: str, **values):
    client = Client()
    page = client.get(url)
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    return client.post(url, {"seen": seen[1] if seen else "", **values})


def test_who_entered_an_offer_is_asked_once_a_month_and_three_times(cafe):
    assert len(ask()) == 1
    assert len(ask(after=1)) == 1
    assert len(ask(after=30)) == 2
    assert len(ask(after=61)) == 3
    assert len(ask(after=92)) == 3
    assert len(ask(after=400)) == 3
    mail = OutboxMessage.objects.first()
    assert mail.recipient == "ana@verein.example"
    assert mail.is_secret
    assert "Sprachcafé" not in mail.subject


def test_only_what_is_public_and_unconfirmed_for_a_year_is_asked_about(place, cafe):
    offer(place.agency, place.grimma, confirmed_on=TODAY, email="a@verein.example")
    offer(place.agency, place.grimma, confirmed_on=LONG_AGO, email="own@verein.example")
    offer(place.agency, place.grimma, confirmed_on=LONG_AGO)  # nobody to write to
    offer(
        place.agency,
        place.grimma,
        confirmed_on=None,
        decided_at=BEFORE_NOON - dt.timedelta(days=400),
        email="never@verein.example",
    )
    over = {"confirmed_on": LONG_AGO, "email": "over@verein.example"}
    offer(place.agency, place.grimma, state=OfferState.ENDED, **over)

    told = {mail.recipient for mail in ask()}

    assert told == {"ana@verein.example", "own@verein.example", "never@verein.example"}


def test_the_link_shows_what_is_public_and_confirms_nothing_by_itself(cafe):
    page = Client().get(link())

    assert page.status_code == 200
    assert "Sprachcafé" in page.text
    assert "03437 12345" in page.text
    for secret in ("Ana Muster", "ana@verein"):
        assert secret not in page.text
    assert page["Cache-Control"] == "no-store"
    cafe.refresh_from_db()
    assert cafe.confirmed_on == LONG_AGO


def test_the_button_confirms_what_was_shown(cafe):
    done = answer(link(), answer="right")

    assert "Sprachcafé" in seen_in(done)
    assert 'name="seen"' not in done.text  # nothing is left to be confirmed
    cafe.refresh_from_db()
    assert (cafe.confirmed_on, cafe.asked_on) == (TODAY, None)


def test_what_has_changed_in_between_is_shown_again(cafe):
    url = link()
    client = Client()
    seen = re.search(r'name="seen" value="(\w+)"', client.get(url).text)[1]
    OfferTranslation.objects.filter(master=cafe).update(text="Neu: jeden Tag.")

    again = client.post(url, {"seen": seen, "answer": "right"})

    assert "Neu: jeden Tag." in again.text
    cafe.refresh_from_db()
    assert cafe.confirmed_on == LONG_AGO


def test_a_change_and_an_end_are_told_to_the_editors_once(cafe):
    url = link()

    empty = answer(url, answer="changed", text=" ")
    assert 'aria-invalid="true"' in empty.text
    for _time in range(2):
        answer(url, answer="changed", text="Jetzt im Rathaus.")
        answer(url, answer="over")

    notes = list(Correction.objects.order_by("pk"))
    assert [note.agency for note in notes] == [cafe.agency] * 2
    assert notes[0].text == "Jetzt im Rathaus."
    assert notes[0].page.endswith("/angebote/cafe/")
    cafe.refresh_from_db()
    assert (cafe.state, cafe.confirmed_on) == (OfferState.PUBLISHED, LONG_AGO)


@pytest.mark.parametrize("damage", [lambda url: url[:-3] + "x/", lambda url: url[:-20] + "/"])
def test_a_damaged_link_opens_nothing(cafe, damage):
    page = Client().get(damage(link()))

    assert page.status_code == 410
    assert "Sprachcafé" not in page.text


def test_a_link_lasts_thirty_days_and_no_longer_than_its_offer(cafe, on_a_monday):
    url = link()
    on_a_monday.shift(dt.timedelta(days=29))
    assert Client().get(url).status_code == 200
    Offer.objects.update(state=OfferState.ENDED)
    assert Client().get(url).status_code == 410
    Offer.objects.update(state=OfferState.PUBLISHED)
    on_a_monday.shift(dt.timedelta(days=2))

    assert Client().get(url).status_code == 410
    assert Client().post(url, {"answer": "right"}).status_code == 410


def test_what_nobody_answers_stands_on_the_start_page_of_the_editor(place, cafe):
    editor = factories.user(is_staff=True)
    StaffRole.objects.create(user=editor, agency=place.agency, role=Role.EDITOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(editor)
    words = "1 offer that nobody has confirmed for a year"

    assert words not in client.get("/verwaltung/").text  # a mail may still be answered
    Offer.objects.update(confirmed_on=TODAY - dt.timedelta(days=365 + 91))
    assert words in client.get("/verwaltung/").text

    page = client.get(reverse("admin:projects_offer_changelist"), {"todo": "unanswered"})
    assert "Sprachcafé" in page.text
    Offer.objects.update(confirmed_on=LONG_AGO, submitter_email="", email="")
    assert words in client.get("/verwaltung/").text  # nobody whom a mail could ask
