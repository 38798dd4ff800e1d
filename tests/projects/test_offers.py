"""Offers from the form to the guide and out of it: entered, released, declined, ended, erased."""

import datetime as dt
import zipfile

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from contacts.models import StaffRole
from contacts.roles import Role
from portal import my_data, privacy
from portal.models import OutboxMessage
from projects import offers
from projects.guide_forms import OfferForm
from projects.models import Offer
from projects.models.guide import OfferKind, OfferState
from tests import factories
from tests.contacts.county import BEFORE_NOON
from tests.projects.offering import offer
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
URL = "/en/angebote/eintragen/"
CAFE = {
    "title": "Sprachcafé am Markt",
    "kind": OfferKind.MEETING,
    "text": "Reden und Kaffee trinken.",
    "written_in": "de",
    "provider": "Bunter Verein e. V.",
    "place": "Grimma",
    "venue": "Bibliothek",
    "street": "Markt 1",
    "day_0": "2",
    "opens_0": "15:00",
    "closes_0": "17:00",
    "rhythm_0": "weekly",
    "target_groups": ["everyone"],
    "languages": ["ar", "de"],
    "cost": "free",
    "step_free": "yes",
    "phone": "03437 12345",
    "submitter_name": "Ana Muster",
    "submitter_email": "Ana@verein.example",
}


@pytest.fixture(autouse=True)
def on_a_monday():
    with time_machine.travel(BEFORE_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def opened(place, on_a_monday) -> dict:
    """A form that was opened a minute ago, filled in."""
    stamp = OfferForm.stamp()
    on_a_monday.shift(60)
    return {**CAFE, "opened": stamp}


@pytest.fixture
def editor(place):
    user = factories.user(is_staff=True, email="eda@lk-l.example", name="Eda Editor")
    StaffRole.objects.create(user=user, agency=place.agency, role=Role.EDITOR)
    return user


def send(values: dict, client: Client | None = None):
    return (client or Client()).post(URL, values)


def mails() -> dict[str, OutboxMessage]:
    return {mail.about.split(":")[2]: mail for mail in OutboxMessage.objects.all()}


def test_an_offer_waits_for_release_and_both_sides_are_told(opened, place):
    answer = send(opened)

    assert answer.headers["Location"] == "/en/angebote/danke/"
    entered = Offer.objects.get()
    assert (entered.state, entered.slug) == (OfferState.SUBMITTED, "sprachcafe-am-markt-grimma")
    assert (entered.agency, entered.area_id) == (place.agency, place.grimma.pk)
    assert (entered.postal_code, entered.city) == ("04668", "Grimma")
    assert entered.submitter_email == "ana@verein.example"
    time = entered.times.get()
    assert (time.weekday, time.opens, time.closes) == (2, dt.time(15), dt.time(17))
    told = mails()
    assert told["receipt"].recipient == "ana@verein.example"
    assert "Sprachcafé am Markt" in told["receipt"].body
    assert "http" not in told["receipt"].body  # no link that could do anything
    assert told["office-new"].recipient == "kik@lk-l.example"
    assert "Ana" not in told["office-new"].body
    assert not any("Sprachcafé" in mail.subject for mail in told.values())
    assert Client().get("/de/angebote/sprachcafe-am-markt-grimma/").status_code == 404


def test_the_same_form_sent_twice_is_one_offer(opened):
    client = Client()
    send(opened, client)
    send(opened, client)

    assert Offer.objects.count() == 1
    assert OutboxMessage.objects.count() == 2


def test_programs_and_floods_store_nothing(opened, place):
    assert send({**opened, "remark": "buy"}).status_code == 302
    at_once = send({**opened, "opened": OfferForm.stamp()})

    assert at_once.status_code == 422
    assert "Please send the form once more." in seen_in(at_once)
    assert Offer.objects.count() == 0


def test_after_twenty_in_an_hour_it_is_enough(opened, on_a_monday):
    cache.clear()
    client, statuses = Client(), []
    for _number in range(21):
        stamp = OfferForm.stamp()
        on_a_monday.shift(3)
        statuses.append(client.post(URL, {**opened, "opened": stamp}).status_code)
    cache.clear()

    assert statuses == [302] * 20 + [429]
    assert Offer.objects.count() == 20
    assert len(set(Offer.objects.values_list("slug", flat=True))) == 20


WRONG = [
    ({"title": ""}, "Enter a name for the offer."),
    ({"title": "\u2800"}, "Enter a name for the offer."),
    ({"kind": "x"}, "Select a valid choice"),
    ({"place": "Xyzqq"}, "We do not know “Xyzqq”."),
    ({"place": ""}, "Enter the town where it takes place."),
    ({"opens_0": ""}, "Enter when it begins, such as 15:30."),
    ({"closes_0": "14:00"}, "The end has to be later than the beginning."),
    ({"opens_0": "25:99"}, "Enter a time, such as 15:30."),
    ({"opens_6": "10:00"}, "Choose the day of the week."),
    ({"phone": ""}, "Enter a telephone number, an e-mail address or a web site."),
    ({"phone": "call me"}, "Write the number with digits"),
    ({"website": "http://["}, "Enter an address such as www.example.org."),
    ({"valid_until": "2020-01-01"}, "This day has passed."),
    ({"valid_from": "2027-02-01", "valid_until": "2027-01-01"}, "lies before the first day"),
    ({"submitter_email": "x"}, "Enter an e-mail address such as name@example.org."),
    ({"text": "x" * 10_000}, "at most 2000 characters"),
    ({"title": "a\0b"}, "Null characters are not allowed."),
    ({"cost": ""}, "Say whether it costs anything."),
    ({"languages": ["xx"]}, "Select a valid choice."),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_an_error_says_what_to_do_and_keeps_what_was_typed(opened, change, said):
    answer = send({**opened, **change})

    assert answer.status_code == 422
    assert said in seen_in(answer)
    assert "<title>Error:" in answer.text
    assert "Bunter Verein e. V." in answer.text
    assert Offer.objects.count() == 0


def test_a_time_may_be_typed_as_people_do(opened):
    send({**opened, "opens_0": "١٥.٣٠", "closes_0": "17 Uhr", "phone": "٠٣٤٣٧ ١٢٣٤٥"})

    entered = Offer.objects.get()
    assert entered.times.get().opens == dt.time(15, 30)
    assert entered.times.get().closes == dt.time(17)
    assert entered.phone == "03437 12345"


def test_a_place_of_several_is_chosen_in_the_form(opened, place):
    other = factories.municipality("Nerchau", place.district)

    asked = send({**opened, "place": "Nerchau"})
    assert asked.status_code == 422
    assert "Choose the place that you mean." in seen_in(asked)
    assert "Nerchau, Grimma, Landkreis Leipzig" in seen_in(asked)

    done = send({**opened, "place": "Nerchau", "chosen": other.key})
    assert done.status_code == 302
    assert Offer.objects.get().area_id == other.pk


def test_a_slip_of_the_finger_is_asked_about(opened, place):
    asked = send({**opened, "place": "Grima"})

    assert asked.status_code == 422
    assert "Choose the place that you mean." in seen_in(asked)
    assert f'value="{place.grimma.key}"' in asked.text
    done = send({**opened, "place": "Grima", "chosen": place.grimma.key})
    assert done.status_code == 302


def test_where_no_agency_is_at_work_nobody_could_look_after_it(opened):
    factories.municipality("Taucha", factories.district("Nordsachsen"))

    answer = send({**opened, "place": "Taucha"})

    assert "No agency of this portal is at work there" in seen_in(answer)


# Staff --------------------------------------------------------------------------------------------


def step(user, entered: Offer, name: str, **values):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client.post(
        reverse(f"admin:projects_offer_{name}", args=[entered.pk]), values, follow=True
    )


def test_an_editor_releases_and_the_provider_is_told(opened, editor):
    send(opened)
    entered = Offer.objects.get()

    answer = step(editor, entered, "release")

    assert "The offer is public now." in seen_in(answer)
    entered.refresh_from_db()
    assert (entered.state, entered.decided_by) == (OfferState.PUBLISHED, editor)
    assert entered.confirmed_on == BEFORE_NOON.date()
    page = Client().get("/de/angebote/sprachcafe-am-markt-grimma/")
    assert "Sprachcafé am Markt" in page.text
    for secret in ("Ana Muster", "ana@verein"):
        assert secret not in page.text
    assert "/de/angebote/sprachcafe-am-markt-grimma/" in mails()["released"].body


def test_an_editor_declines_with_words_that_are_mailed(opened, editor):
    send(opened)
    entered = Offer.objects.get()

    empty = step(editor, entered, "decline", text="")
    assert "Write at least one sentence." in seen_in(empty)
    step(editor, entered, "decline", text="Das Angebot liegt außerhalb.")

    entered.refresh_from_db()
    assert entered.state == OfferState.DECLINED
    assert "Das Angebot liegt außerhalb." in mails()["declined"].body
    assert Client().get("/de/angebote/sprachcafe-am-markt-grimma/").status_code == 404


def test_steps_that_the_state_does_not_allow_are_refused(place, editor):
    public = offer(place.agency, place.grimma)

    for wrong in (
        lambda: offers.release(public, by=editor, now=BEFORE_NOON),
        lambda: offers.decline(public, "x", by=editor, now=BEFORE_NOON),
    ):
        with pytest.raises(ValidationError):
            wrong()
    offers.end(public, by=editor, now=BEFORE_NOON)
    with pytest.raises(ValidationError):
        offers.confirm(public, by=editor, on=BEFORE_NOON.date())
    assert "meanwhile" in seen_in(step(editor, public, "end"))


def test_what_waits_stands_first_and_on_the_start_page(opened, place, editor):
    offer(place.agency, place.grimma, "Aaa", slug="aaa")
    send(opened)
    client = Client(headers={"accept-language": "en"})
    client.force_login(editor)

    words = seen_in(client.get(reverse("admin:projects_offer_changelist")))
    assert words.index("Sprachcafé am Markt") < words.index("Aaa")
    assert "1 offer waits for release" in client.get("/verwaltung/").text
    exported = client.get(reverse("admin:projects_offer_export", args=["csv"]))
    assert "Sprachcafé am Markt" in exported.content.decode("utf-8-sig")
    assert "ana@" not in exported.text


def test_texts_may_be_written_in_languages_that_the_portal_does_not_speak(place, editor):
    public = offer(place.agency, place.grimma, slug="cafe")
    client = Client(headers={"accept-language": "en"})
    client.force_login(editor)
    url = reverse("admin:projects_offer_change", args=[public.pk])
    form = client.get(url).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    values |= {"target_groups": [], "languages": ["ar"]}
    values |= {"times-TOTAL_FORMS": 0, "times-INITIAL_FORMS": 0}
    values |= {"translations-TOTAL_FORMS": 1, "translations-INITIAL_FORMS": 0}
    words = {"language_code": "ar", "title": "مقهى اللغة", "text": "نتحدث ونشرب القهوة."}
    values |= {f"translations-0-{name}": value for name, value in words.items()}

    twice = {name.replace("s-0", "s-1"): value for name, value in values.items()}
    refused = client.post(url, {**values, **twice, "translations-TOTAL_FORMS": 2})
    assert "Write the texts in one language once." in seen_in(refused)
    saved = client.post(url, values)

    assert saved.status_code == 302, seen_in(saved)
    page = Client().get("/de/angebote/cafe/").text
    assert '<section class="section" lang="ar" dir="rtl">' in page
    assert "نتحدث ونشرب القهوة." in page
    assert "Sprachcafé" in page


# By themselves ------------------------------------------------------------------------------------


def test_after_its_last_day_an_offer_ends(place):
    offer(place.agency, place.grimma, slug="over", valid_until=dt.date(2026, 11, 22))
    offer(place.agency, place.grimma, slug="today", valid_until=dt.date(2026, 11, 23))

    assert offers.end_expired(BEFORE_NOON) == "1 offers ended"

    states = dict(Offer.objects.values_list("slug", "state"))
    assert states == {"over": OfferState.ENDED, "today": OfferState.PUBLISHED}


def test_who_entered_an_offer_is_forgotten_after_90_days(place):
    who = {"submitter_name": "Ana", "submitter_email": "ana@verein.example"}
    long_ago = BEFORE_NOON - dt.timedelta(days=91)
    declined = offer(
        place.agency,
        place.grimma,
        state=OfferState.DECLINED,
        decided_at=long_ago,
        contact_name="Ana Muster",
        **who,
    )
    lately = BEFORE_NOON - dt.timedelta(days=89)
    ended = offer(place.agency, place.grimma, state=OfferState.ENDED, decided_at=lately, **who)
    public = offer(place.agency, place.grimma, decided_at=long_ago, **who)

    offers.forget_submitters(BEFORE_NOON)

    known = dict(Offer.objects.values_list("pk", "submitter_email"))
    assert known == {declined.pk: "", ended.pk: who["submitter_email"], public.pk: known[ended.pk]}
    declined.refresh_from_db()
    assert declined.contact_name == declined.phone == ""
    assert not declined.history.exclude(contact_name="").exists()
    assert not hasattr(declined.history.first(), "submitter_email")


def test_whoever_logs_in_with_the_address_gets_a_copy_and_can_be_erased(place):
    applicant = factories.user("ana@verein.example")
    own = offer(place.agency, place.grimma, submitter_email="Ana@verein.example")
    offer(place.agency, place.grimma, "Chor", submitter_email="b@verein.example")

    with my_data.write(applicant, now=BEFORE_NOON) as copy, zipfile.ZipFile(copy) as archive:
        written = archive.read("data.html").decode()
    assert "Sprachcafé" in written
    assert "Chor" not in written
    privacy.erase(applicant, now=BEFORE_NOON)

    own.refresh_from_db()
    assert own.submitter_email == ""
    assert Offer.objects.filter(submitter_email="b@verein.example").exists()
