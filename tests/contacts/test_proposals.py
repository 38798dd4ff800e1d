"""From "Is this wrong?" on a contact card to the corrected card, and thanks to the sender."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from contacts.corrections import forget_contacts
from contacts.models import Correction, Post, Publication
from portal import limits
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.county import BEFORE_NOON
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
FORM = "/en/hinweis/"


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()
    with time_machine.travel(BEFORE_NOON, tick=False) as clock:
        yield clock


def fill_in(clock, address: str, client: Client | None = None, **typed):
    """Open the form at `address`, wait a moment, send it with `typed` in some of its fields."""
    client = client or Client()
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    clock.shift(10)
    return client.post(FORM, {**sent, **typed}, headers={"accept-language": "en"})


def page(correction: Correction, step: str) -> str:
    return reverse(f"admin:contacts_correction_{step}", args=[correction.pk])


def test_the_card_leads_to_a_form_with_what_it_shows(place):
    card = Client().get("/en/orte/grimma/")
    address = "/en/hinweis/?art=wrong&amp;stelle=koi&amp;seite=/en/orte/grimma/"
    assert address in card.content.decode()

    form = Client().get(address.replace("&amp;", "&")).context["form"]

    shown = {name: form[name].value() for name in ("holder", "phone", "email", "room")}
    assert shown == {
        "holder": "Martina Richter",
        "phone": "03433 241-3431",
        "email": "post@example.org",
        "room": "414",
    }


def test_a_number_is_corrected_by_a_visitor_and_an_editor(place, editor, fresh):
    answer = fill_in(
        fresh, f"{FORM}?stelle=koi", phone="03437 984-1994", contact="anna@example.org"
    )
    assert answer["Location"] == "/en/hinweis/danke/"
    correction = Correction.objects.get()
    assert (correction.post, correction.agency) == (place.richter, place.agency)

    text = seen_in(editor.get(page(correction, "change")))
    assert "Telephone 03433 241-3431 03433 241-3431 03437 984-1994" in text
    answer = editor.post(page(correction, "accept"), {"field": ["phone"]}, follow=True)

    assert "Taken over. It shows at once." in seen_in(answer)
    assert "03437 984-1994" in seen_in(Client().get("/en/orte/grimma/"))
    correction.refresh_from_db()
    assert (correction.outcome, str(correction.closed_by)) == ("accepted", "Eda Editor")
    mail = OutboxMessage.objects.get()
    assert mail.recipient == "anna@example.org"
    assert mail.subject == "Thank you: a contact has been corrected"
    assert "/en/ansprechpersonen/koi/" in mail.body
    assert "anna" not in mail.about


def test_what_was_taken_over_can_be_taken_back(place, editor, fresh):
    fill_in(fresh, f"{FORM}?stelle=koi", phone="03437 984-1994")
    editor.post(page(Correction.objects.get(), "accept"), {"field": ["phone"]})
    undo = reverse("admin:contacts_publication_undo", args=[Publication.objects.get().pk])

    seen = editor.get(undo)
    editor.post(undo, {"_publish": "1", "looked": seen.context["looked"]})

    assert Post.objects.get(slug="koi").phone == "03433 241-3431"
    assert not OutboxMessage.objects.exists()  # nobody had left an address


def test_a_misspelt_name_is_corrected_and_another_person_is_not(place, editor, fresh):
    fill_in(fresh, f"{FORM}?stelle=koi", holder="Martina Rychter")
    editor.post(page(Correction.objects.get(), "accept"), {"field": ["holder"]})
    place.person.refresh_from_db()
    assert place.person.name == "Martina Rychter"

    factories.holder(place.richter, "Zweite Person")
    fill_in(fresh, f"{FORM}?stelle=koi", holder="Nora Neu")
    second = Correction.objects.order_by("pk").last()
    answer = editor.post(page(second, "accept"), {"field": ["holder"]}, follow=True)
    assert "Name: Another person: use “New holder” on the page of the post." in seen_in(answer)


@pytest.mark.parametrize(
    ("typed", "ticked", "message"),
    [
        ({"phone": "call me"}, ["phone"], "Telephone:"),
        ({"email": "a@b@c"}, ["email"], "E-mail address: Enter a valid email address."),
        ({"room": "x" * 60}, ["room"], "Room: Too long."),
        ({"phone": "0341 1"}, [], "Tick what shall be taken over."),
        ({"phone": "0341 1"}, ["slug", "rank"], "Tick what shall be taken over."),
    ],
)
def test_nonsense_is_not_taken_over(place, editor, fresh, typed, ticked, message):
    fill_in(fresh, f"{FORM}?stelle=koi", **typed)
    correction = Correction.objects.get()

    answer = editor.post(page(correction, "accept"), {"field": ticked}, follow=True)

    assert message in seen_in(answer)
    assert Post.objects.get(slug="koi").phone == "03433 241-3431"
    correction.refresh_from_db()
    assert correction.closed_at is None


def test_two_editors_decide_once(place, editor, fresh):
    fill_in(fresh, f"{FORM}?stelle=koi", phone="0341 111", contact="anna@example.org")
    address = page(Correction.objects.get(), "accept")

    editor.post(address, {"field": ["phone"]})
    answer = editor.post(address, {"field": ["phone"]}, follow=True)

    assert "Somebody else has decided this meanwhile." in seen_in(answer)
    assert Publication.objects.count() == 1


def test_a_place_that_was_not_found_comes_with_its_name(place, fresh, editor):
    missed = Client().get("/en/zustaendig/?ort=Grimmalingen")
    assert "art=missing-place&amp;ort=Grimmalingen" in missed.content.decode()

    fill_in(fresh, f"{FORM}?art=missing-place&ort=Grimmalingen")

    correction = Correction.objects.get()
    assert (correction.kind, correction.asked) == ("missing-place", "Grimmalingen")
    text = seen_in(editor.get(page(correction, "change")))
    assert "“Grimmalingen” is another name of …" in text


def test_a_form_that_changes_nothing_says_so(place, fresh):
    answer = fill_in(fresh, f"{FORM}?stelle=koi")

    assert answer.status_code == 422
    assert "Write what is wrong or missing." in seen_in(answer)
    assert not Correction.objects.exists()


@pytest.mark.parametrize("card", ["", "x", "eyJwb3N0IjoiayJ9:1abc:nope", "a:b:c", "\0"])
def test_a_card_that_we_have_not_signed_is_no_card(place, fresh, card):
    answer = fill_in(fresh, FORM, card=card, kind="wrong", text="Wrong.", phone="0900 1")

    assert answer["Location"] == "/en/hinweis/danke/"
    assert Correction.objects.get().proposed == {}


def test_a_flood_is_stopped_and_what_was_typed_stays(place, fresh):
    client = Client()
    for _number in range(20):
        fill_in(fresh, f"{FORM}?stelle=koi", client, text="Too much")

    answer = fill_in(fresh, f"{FORM}?stelle=koi", client, text="And this one")

    assert answer.status_code == 429
    assert "Too many messages at once." in seen_in(answer)
    assert "And this one" in seen_in(answer)
    assert Correction.objects.count() == 20
    fresh.shift(limits.HOUR)
    assert fill_in(fresh, f"{FORM}?stelle=koi", client, text="Later").status_code == 302


def test_the_contact_of_a_sender_is_erased_a_month_after_the_end(place, fresh, editor):
    fill_in(fresh, f"{FORM}?stelle=koi", phone="0341 111", contact="anna@example.org")
    correction = Correction.objects.get()
    forget_contacts(BEFORE_NOON + dt.timedelta(days=400))
    correction.refresh_from_db()
    assert correction.contact == "anna@example.org"  # still open

    editor.post(page(correction, "accept"), {"field": ["phone"]})
    correction.refresh_from_db()
    forget_contacts(correction.closed_at + dt.timedelta(days=30))
    assert Correction.objects.get().contact == "anna@example.org"
    forget_contacts(correction.closed_at + dt.timedelta(days=30, seconds=1))
    assert Correction.objects.get().contact == ""


def test_a_proposal_is_one_line_that_reads_as_it_is_stored(place, fresh):
    fill_in(
        fresh, f"{FORM}?stelle=koi", holder="Eva\r\nNeu\u202e", room="4\u2066\u206914", phone=""
    )

    proposed = Correction.objects.get().proposed
    assert proposed["holder"]["wanted"] == "Eva Neu"
    assert "room" not in proposed  # it is what the card has shown
