"""The public pages, as people read them."""

import datetime as dt
import re
from html import unescape

import html5lib
import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse

from contacts.models import Absence, Correction, Doubt, LegalDetails, Post, Source, SpokenLanguage
from contacts.reader import Basis
from contacts.views.look_up import QUESTIONS
from tests import factories
from tests.contacts.county import BEFORE_NOON, EVENING, County, county

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> County:
    return county()


@pytest.fixture(autouse=True)
def _on_a_monday_morning():
    with time_machine.travel(BEFORE_NOON, tick=False):
        yield


def text_of(response) -> str:
    """What a person reads in the main part of a page."""
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_an_agency_may_have_a_colour_of_its_own(client, here):
    address = "/en/stellen/landkreis-leipzig/farben.css"
    assert client.get(address).status_code == 404

    here.agency.accent = "#7a1f3d"
    here.agency.save()

    assert address in client.get("/en/orte/grimma/").content.decode()
    stylesheet = client.get(address)
    assert stylesheet["Content-Type"] == "text/css; charset=utf-8"
    light, dark = stylesheet.content.decode().splitlines()
    assert "--color-brand: #7a1f3d;" in light
    assert "prefers-color-scheme: dark" in dark


PAGES = [
    "/en/",
    "/en/zustaendig/?ort=Grimma",
    "/en/zustaendig/?ort=Grima",
    "/en/zustaendig/?ort=Qqqq",
    "/en/orte/grimma/",
    "/en/orte/grimma/nerchau/",
    "/en/karte/",
    "/en/karte/landkreis-leipzig/",
    "/en/aushang/grimma/",
    "/en/stellen/",
    "/en/stellen/landkreis-leipzig/",
    "/en/standorte/grimma/",
    "/en/ansprechpersonen/",
    "/en/ansprechpersonen/koi/",
    "/en/hinweis/danke/",
    "/en/impressum/",
    "/en/datenschutz/",
    "/en/barrierefreiheit/",
    "/en/daten/",
]


@pytest.mark.parametrize("address", [*PAGES, "/en/hinweis/"])
def test_every_page_is_valid_html_with_one_heading_and_no_inline_code(client, here, address):
    html = client.get(address).content.decode()

    html5lib.HTMLParser(strict=True).parse(html)
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|<style", html)
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    for attribute in ("for", "aria-labelledby", "aria-describedby"):
        for value in re.findall(rf'\s{attribute}="([^"]*)"', html):
            assert set(value.split()) <= set(ids), (attribute, value)


@pytest.fixture
def committed(transactional_db) -> County:
    """The county in committed rows: only then pages are kept in memory (`portal.data_version`)."""
    return county()


def test_a_public_page_sets_no_cookie_and_may_be_kept_but_must_be_asked_for(client, committed):
    for address in PAGES:
        response = client.get(address)

        assert response.status_code == 200
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert response["Cache-Control"] == "public, no-cache"
        assert response["ETag"].startswith('W/"')


def test_a_warm_page_costs_one_query(client, committed, django_assert_num_queries):
    pages = [page for page in PAGES if page != "/en/ansprechpersonen/"]
    for address in pages:
        client.get(address)

    for address in pages:
        with django_assert_num_queries(1):
            client.get(address)


def test_the_directory_costs_one_query_however_long_it_is(
    client, committed, django_assert_num_queries
):
    for number in range(3):
        client.get("/en/ansprechpersonen/")
        with django_assert_num_queries(1):
            client.get("/en/ansprechpersonen/")
        factories.post(committed.agency, f"Stelle {number}")


def test_the_answer_names_person_and_telephone_and_says_why(client, here):
    response = client.get("/en/zustaendig/?ort=Nerchau")

    shown = text_of(response)
    assert "Martina Richter" in shown
    assert 'href="tel:+49343324' in response.content.decode()
    assert "Nerchau is today part of Grimma (04668)." in shown
    assert "For Grimma, Martina Richter is responsible." in shown


def test_a_new_telephone_number_shows_on_the_next_request(client, committed):
    before = client.get("/en/orte/grimma/")
    committed.richter.phone = "03433 999"
    committed.richter.save()

    after = client.get("/en/orte/grimma/", headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert "03433 999" in text_of(after)


def test_an_unchanged_page_is_not_sent_twice(client, committed):
    first = client.get("/en/orte/grimma/")

    second = client.get("/en/orte/grimma/", headers={"If-None-Match": first["ETag"]})

    assert second.status_code == 304
    assert second.content == b""
    assert second["ETag"] == first["ETag"]


def test_a_rule_ends_at_midnight_in_berlin_without_an_edit(client, committed):
    committed.richter.responsibilities.update(valid_until=dt.date(2026, 12, 31))
    factories.rule(committed.loth, committed.grimma, valid_from=dt.date(2027, 1, 1))

    with time_machine.travel(dt.datetime(2026, 12, 31, 22, 59, tzinfo=dt.UTC)):
        old = client.get("/en/orte/grimma/")
    with time_machine.travel(dt.datetime(2026, 12, 31, 23, 1, tzinfo=dt.UTC)):
        new = client.get("/en/orte/grimma/", headers={"If-None-Match": old["ETag"]})

    assert "Martina Richter" in text_of(old)
    assert new.status_code == 200
    assert "Jana Loth" in text_of(new)


def test_one_calls_while_the_office_is_open_and_writes_while_it_is_closed(client, here):
    def main_action() -> str:
        html = client.get("/en/orte/grimma/").content.decode()
        return re.search(r'class="button button--main" href="(\w+):', html)[1]

    assert main_action() == "tel"
    with time_machine.travel(EVENING):
        assert main_action() == "mailto"
        assert "Closed now" in text_of(client.get("/en/orte/grimma/"))


def test_the_page_changes_when_the_office_closes(client, committed):
    morning = client.get("/en/orte/grimma/")

    with time_machine.travel(BEFORE_NOON + dt.timedelta(hours=1)):
        noon = client.get("/en/orte/grimma/", headers={"If-None-Match": morning["ETag"]})

    assert noon.status_code == 200


def test_a_stand_in_is_shown_first_with_the_dates(client, here):
    Absence.objects.create(
        person=here.person,
        valid_from=dt.date(2026, 11, 16),
        valid_until=dt.date(2026, 11, 29),
        stand_in=here.loth,
    )

    shown = text_of(client.get("/en/orte/grimma/"))

    assert shown.index("Jana Loth") < shown.index("Martina Richter")
    assert "Jana Loth stands in for the post “Koordinatorin” from" in shown
    assert "2026" in shown


def test_while_a_number_is_in_doubt_the_shared_one_comes_first(client, here):
    here.agency.phone = "03433 241-0"
    here.agency.save()
    Doubt.objects.create(agency=here.agency, post=here.loth, field="phone")

    html = client.get("/en/orte/borna/").content.decode()

    assert html.index("tel:+4934332410") < html.index("Not confirmed") < html.index("241 4742")
    assert "tel:+4934332414742" not in html


def test_an_address_in_doubt_is_text_that_nobody_writes_to_by_mistake(client, here):
    Doubt.objects.create(agency=here.agency, post=here.loth, field="email")

    response = client.get("/en/orte/borna/")

    assert "post@ example.org" in text_of(response)
    assert "mailto:post@example.org" not in response.content.decode()


def test_nobody_is_invented_where_a_post_is_vacant(client, here):
    Post.objects.filter(pk=here.richter.pk).update(staffing=Post.Staffing.VACANT)

    shown = text_of(client.get("/en/zustaendig/?ort=Grimma"))

    assert "Martina Richter" not in shown
    assert "is not filled at present" in shown
    assert "03433 241-3431" in shown  # the agency's own


def test_a_place_outside_is_named_with_its_district(client, here):
    factories.municipality("Taucha", factories.district("Landkreis Nordsachsen"))

    shown = text_of(client.get("/en/zustaendig/?ort=Taucha"))

    assert "Taucha lies in Landkreis Nordsachsen." in shown
    assert "ask the district's administration" in shown


def test_a_finished_agency_says_when_it_ended_and_that_none_follows(client, here):
    here.agency.ended_on = dt.date(2013, 7, 31)
    here.agency.save()

    answer = text_of(client.get("/en/zustaendig/?ort=Grimma"))
    page = text_of(client.get("/en/stellen/landkreis-leipzig/"))

    assert "ended on" in answer
    assert "2013" in answer
    assert "Nobody is recorded for Grimma now." in answer
    assert "03433" not in answer
    assert "Former contacts" in page
    assert "Martina Richter" in page


def test_a_similar_name_is_a_question(client, here):
    response = client.get("/en/zustaendig/?ort=Grima")

    assert "Did you mean" in text_of(response)
    assert 'href="/en/orte/grimma/"' in response.content.decode()
    assert "Martina Richter" not in text_of(response)


def test_what_was_typed_stays_in_the_field_and_is_only_text(client, here):
    response = client.get("/en/zustaendig/", {"ort": '<script>"x'})

    html = response.content.decode()
    assert "We do not know this place" in html
    assert 'value="&lt;script&gt;&quot;x"' in html
    assert "My place is missing" in html
    assert "Koordinierungsstelle für Integration" in html


def test_an_unknown_name_beside_a_known_code_leads_to_the_towns_of_the_code(client, here):
    one = text_of(client.get("/en/zustaendig/", {"ort": "04668 Qqqqq"}))
    factories.municipality("Colditz", here.district, codes=["04668"])
    two = text_of(client.get("/en/zustaendig/", {"ort": "04668 Qqqqq"}))

    begin = "We do not know the place you typed. The postal code 04668 belongs to"
    assert f"{begin} this town:" in one
    assert f"{begin} these towns:" in two
    assert "Colditz" in two
    assert "Martina Richter" not in one + two


def test_an_unknown_name_shows_what_begins_like_it(client, here):
    shown = text_of(client.get("/en/zustaendig/", {"ort": "Grimqqqq"}))

    assert "We do not know this place" in shown
    assert "Do you mean one of these? Grimma" in shown


def test_every_question_has_its_words():
    assert set(QUESTIONS) == set(Basis) - {Basis.NOTHING}


def test_a_street_leaves_the_address(client, here):
    response = client.get("/en/zustaendig/", {"ort": "Südstraße 80, 04668 Grimma"})

    assert response.status_code == 302
    assert response["Location"] == "/en/zustaendig/?ort=04668+Grimma"


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "\x00"])
def test_an_empty_search_leads_to_the_start_page(client, here, typed):
    response = client.get("/en/zustaendig/", {"ort": typed})

    assert response.status_code == 302
    assert response["Location"] == "/en/"


@pytest.mark.parametrize("typed", ["%", "_", "a" * 10_000, "😀", "' OR 1=1", "04", "0466", "ß"])
def test_nothing_that_can_be_typed_is_an_error(client, here, typed):
    assert client.get("/en/zustaendig/", {"ort": typed}).status_code == 200
    assert client.get("/en/zustaendig/vorschlaege/", {"ort": typed}).status_code == 200


def test_suggestions_tell_places_apart_and_say_what_fitted_last(client, here):
    found = client.get("/en/zustaendig/vorschlaege/?ort=Nerch").content.decode()
    nothing = client.get("/en/zustaendig/vorschlaege/?ort=Grixyz").content.decode()

    assert 'role="option"' in found
    assert "part of Grimma" in found
    assert "/en/orte/grimma/nerchau/" in found
    assert "The last that fits is “Gri”." in nothing
    assert "My place is missing" in nothing


@pytest.mark.parametrize(
    "address",
    [
        "/de/orte/nirgends/",
        "/de/orte/grimma/nirgends/",
        "/de/karte/nirgends/",
        "/de/stellen/nirgends/",
        "/de/standorte/nirgends/",
        "/de/ansprechpersonen/nirgends/",
        "/de/ansprechpersonen/nirgends.vcf",
        "/de/aushang/nirgends/",
        "/de/nirgends/",
    ],
)
def test_an_unknown_address_is_a_page_in_the_language_of_the_address(client, here, address):
    response = client.get(address)

    assert response.status_code == 404
    assert '<html lang="de" dir="ltr">' in response.content.decode()
    assert response["X-Request-ID"] not in response.content.decode()  # nobody's error


def test_a_town_that_was_merged_leads_to_its_successor(client, here):
    old = factories.municipality("Mutzschen", here.district)
    old.valid_until, old.successor = dt.date(2011, 12, 31), here.grimma
    old.save()

    response = client.get("/en/orte/mutzschen/")

    assert response.status_code == 301
    assert response["Location"] == "/en/orte/grimma/"


def test_the_office_has_two_addresses_and_its_hours(client, here):
    shown = text_of(client.get("/en/standorte/grimma/"))

    assert "Südstraße 80" in shown
    assert "Stauffenbergstraße 4" in shown
    assert "Monday" in shown or "Montag" in shown
    assert "Not recorded; please call before you come." in shown


def test_the_directory_is_narrowed_by_an_address_that_can_be_shared(client, here):
    SpokenLanguage.objects.create(person=here.person, code="ar")
    SpokenLanguage.objects.create(person=here.person, code="uk")

    by_town = text_of(client.get("/en/ansprechpersonen/?ort=borna"))
    by_language = text_of(client.get("/en/ansprechpersonen/?sprache=ar"))

    assert "Jana Loth" in by_town
    assert "Martina Richter" not in by_town
    assert "Martina Richter" in by_language
    assert "Jana Loth" not in by_language
    assert "Arabic" in by_language


def test_a_filter_without_a_choice_is_left_out(client, here):
    html = client.get("/en/ansprechpersonen/").content.decode()

    assert 'name="ort"' in html
    assert 'name="stelle"' not in html
    assert 'name="sprache"' not in html


def test_each_town_on_the_map_is_a_link_with_a_name_and_a_pattern(client, here):
    html = client.get("/en/karte/landkreis-leipzig/").content.decode()

    names = re.findall(r"<title>([^<]*)</title><path", html)
    assert {name.strip() for name in names} == {"Grimma: Martina Richter", "Borna: Jana Loth"}
    assert 'fill="url(#map-fill-1)"' in html
    assert 'id="map-fill-2"' in html
    assert "© BKG 2016" in html


def test_the_notice_carries_a_code_that_leads_to_the_town(client, here):
    html = client.get("/en/aushang/grimma/").content.decode()

    assert "<svg" in html
    assert "http://testserver/en/orte/grimma/" in html
    assert "Martina Richter" in html


def test_missing_legal_details_are_named_openly(client, here):
    for address in ("/en/datenschutz/", "/en/barrierefreiheit/"):
        assert "not recorded" in text_of(client.get(address))
    assert "Durchsetzungsstelle" in text_of(client.get("/en/barrierefreiheit/"))


def test_the_imprint_folds_what_nobody_has_filled_and_borrows_from_the_agency(client, here):
    LegalDetails.objects.create(
        agency=here.agency, body_name="Landkreis Leipzig", email="a@b.example"
    )

    shown = text_of(client.get("/en/impressum/"))

    assert "Not on file: Legal form, Represented by, Address, Supervised by" in shown
    assert "Telephone 03433 241-3431 (of the agency)" in shown
    assert "E-mail a@ b.example Not" in shown


def test_the_imprint_borrows_nothing_from_an_agency_that_has_ended(client, here):
    here.agency.ended_on = dt.date(2013, 7, 31)
    here.agency.save()

    shown = text_of(client.get("/en/impressum/"))

    assert "03433" not in shown
    assert "Telephone, E-mail, Supervised by" in shown


def test_posts_that_nobody_can_tell_apart_are_shown_once_and_all_stay_within_reach(client, here):
    posts = [factories.post(here.agency, "Bildungskoordination") for _number in range(3)]
    posts.append(factories.post(here.agency, "Bildungskoordination", phone="03433 1"))
    topic = factories.topic()
    for post in posts[:2]:
        factories.rule(post, here.grimma, topic=topic)

    for address in ("/en/ansprechpersonen/", "/en/stellen/landkreis-leipzig/"):
        response = client.get(address)
        assert text_of(response).count("Bildungskoordination") == 2
        assert "3 posts, names not recorded: Post 1 Post 2 Post 3" in text_of(response)
        for post in posts:
            assert f'href="/en/ansprechpersonen/{post.slug}/"' in response.content.decode()
    answer = client.get("/en/zustaendig/?ort=Grimma&thema=education")
    assert answer.content.decode().count('<p class="card-name">') == 2  # theirs, and the agency
    assert "2 posts, names not recorded: Post 1 Post 2" in text_of(answer)
    assert "posts, names" not in text_of(client.get("/en/zustaendig/?ort=Grimma"))


def test_agencies_stand_in_one_order_and_towns_in_that_of_the_alphabet(client, here):
    factories.municipality("Öderan", here.district)
    factories.municipality("Zwenkau", here.district)
    first = factories.agency("Zentrum", here.district, slug="a-zentrum")
    factories.post(first)

    html = client.get("/en/ansprechpersonen/").content.decode()
    options = re.findall(r'<option value="([^"]+)"', html)

    assert options[:2] == ["a-zentrum", "landkreis-leipzig"]
    assert options[2:6] == ["borna", "grimma", "oederan", "zwenkau"]
    assert html.index('id="a-zentrum"') < html.index('id="landkreis-leipzig"')
    assert '<option value="a-zentrum" lang="de" dir="ltr">Zentrum</option>' in html


def test_a_quarter_is_called_a_quarter(client, here):
    factories.quarter("Grimma-Süd", here.grimma)

    shown = text_of(client.get("/en/orte/grimma/grimma-sued/"))

    assert "Grimma-Süd is a quarter of Grimma." in shown
    assert "quarter of Grimma · 04668" in shown
    assert "part of" not in shown


def test_the_title_of_a_postal_code_names_the_code(client, here):
    factories.rule(here.richter, factories.municipality("Colditz", here.district, codes=["04668"]))

    html = client.get("/en/zustaendig/?ort=04668").content.decode()

    assert "<title>Responsible for 04668 – " in html
    assert "<title>Responsible for Grimma – " in client.get("/en/zustaendig/?ort=Grimma").text


def test_a_map_of_the_neighbours_counts_nothing(client, here):
    assert "1 town" in text_of(client.get("/en/karte/landkreis-leipzig/"))
    assert "1 town" not in text_of(client.get("/en/orte/grimma/"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [("2023-11-30", "30 November 2023"), ("2016", "State of the data 2016"), ("", "Licence")],
)
def test_the_state_of_the_data_is_a_date_in_words_or_what_is_known_of_it(
    client, here, written, shown
):
    Source.objects.update(as_of=written, url="https://data.example/")

    page = text_of(client.get("/en/daten/"))

    assert shown in page
    assert ("State of the data" in page) == bool(written)
    assert "Web address https://data.example/" in page


def test_an_address_and_its_room_stay_together_in_any_direction(client, here):
    html = client.get("/en/orte/grimma/").content.decode()

    (together,) = re.findall(r'<bdi dir="ltr">(<a href="/en/standorte/.*?)</bdi>', html)
    assert re.sub(r"<[^>]+>", "", together) == "Südstraße 80, 04668 Grimma, room 414"


def test_the_notice_says_who_hangs_it_up_and_how_to_use_the_code(client, here):
    shown = text_of(client.get("/en/aushang/grimma/"))

    assert "Grimma Koordinierungsstelle für Integration Coordination of integration" in shown
    assert "Scan with your phone" in shown


def test_a_correction_needs_no_address_and_reaches_the_agency_of_its_page(client, here):
    form = client.get("/en/hinweis/?art=wrong&seite=/en/orte/grimma/").context["form"]
    sent = {"kind": "wrong", "text": "The number is old.", **_hidden(form)}

    with time_machine.travel(BEFORE_NOON + dt.timedelta(seconds=30)):
        response = client.post("/en/hinweis/", sent)

    assert response.status_code == 302
    assert response["Location"] == "/en/hinweis/danke/"
    stored = Correction.objects.get()
    assert stored.text == "The number is old."
    assert stored.agency == here.agency


def _hidden(form) -> dict:
    return {"page": form["page"].value(), "opened": form["opened"].value()}


def test_a_form_that_is_sent_twice_is_one_message(client, here):
    form = client.get("/en/hinweis/").context["form"]
    sent = {"kind": "wrong", "text": "The number is old.", **_hidden(form)}

    with time_machine.travel(BEFORE_NOON + dt.timedelta(seconds=30)):
        targets = [client.post("/en/hinweis/", sent)["Location"] for _time in range(3)]

    assert targets == ["/en/hinweis/danke/"] * 3
    assert Correction.objects.count() == 1


def test_two_forms_are_two_messages_even_with_the_same_text(client, here):
    forms = [client.get("/en/hinweis/").context["form"] for _time in range(2)]

    with time_machine.travel(BEFORE_NOON + dt.timedelta(seconds=30)):
        for form in forms:
            client.post("/en/hinweis/", {"kind": "wrong", "text": "Old.", **_hidden(form)})

    assert Correction.objects.count() == 2


def test_messages_that_came_by_no_form_stand_beside_each_other(here):
    for _time in range(2):
        Correction.objects.create(kind="wrong", text="By telephone.", received_at=BEFORE_NOON)

    assert Correction.objects.count() == 2


@pytest.mark.parametrize("text", ["\u200b\u200f", "\u2060 \u00ad", "\u3164", "\u2800\ufe0f"])
def test_a_text_that_nobody_can_see_is_empty(client, here, text):
    form = client.get("/en/hinweis/").context["form"]

    with time_machine.travel(BEFORE_NOON + dt.timedelta(seconds=30)):
        response = client.post("/en/hinweis/", {"kind": "wrong", "text": text, **_hidden(form)})

    assert response.status_code == 422
    assert "Write what is wrong or missing." in text_of(response)
    assert not Correction.objects.exists()


def test_the_thanks_of_a_demo_promise_nothing(client):
    demo = text_of(client.get("/en/hinweis/danke/"))
    with override_settings(DEMO=False):
        real = text_of(client.get("/en/hinweis/danke/?x"))

    assert "No agency reads it." in demo
    assert "Somebody will look at it" in real
    assert "Somebody" not in demo


def test_an_empty_correction_says_what_to_do_in_both_places(client, here):
    response = client.post("/en/hinweis/", {"kind": "wrong", "text": ""})

    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert html.count("Write what is wrong or missing.") == 2
    assert 'href="#id_text"' in html
    assert 'aria-invalid="true"' in html
    assert response["Cache-Control"] == "no-store"
    assert not Correction.objects.exists()


def test_a_program_that_fills_every_field_is_dropped_without_a_word(client, here):
    form = client.get("/en/hinweis/").context["form"]
    sent = {"kind": "wrong", "text": "Buy!", "remark": "x.example", **_hidden(form)}

    with time_machine.travel(BEFORE_NOON + dt.timedelta(seconds=30)):
        response = client.post("/en/hinweis/", sent)

    assert response.status_code == 302
    assert not Correction.objects.exists()


def test_a_form_that_comes_back_at_once_is_asked_for_again_and_keeps_the_text(client, here):
    form = client.get("/en/hinweis/").context["form"]

    response = client.post("/en/hinweis/", {"kind": "wrong", "text": "Quick", **_hidden(form)})

    assert response.status_code == 422
    assert "Please send the form once more" in text_of(response)
    assert "Quick" in text_of(response)


def test_a_post_without_the_token_gets_an_explanation(here):
    response = Client(enforce_csrf_checks=True).post("/en/hinweis/", {"text": "x"})

    assert response.status_code == 403
    assert "The form could not be sent" in response.content.decode()
    assert f"{response['X-Request-ID']}</code>" in response.content.decode()


@override_settings(SITE_URL="https://integration.example.de")
def test_absolute_addresses_take_the_public_name_of_the_site(client, here):
    html = client.get("/en/orte/grimma/?thema=x").content.decode()

    assert (
        '<link rel="alternate" hreflang="de" '
        'href="https://integration.example.de/de/orte/grimma/?thema=x">' in html
    )
    assert 'hreflang="x-default"' in html


def test_every_address_of_the_sitemap_answers(client, here):
    xml = client.get(reverse("sitemap")).content.decode()

    addresses = re.findall(r"<loc>http://testserver(/[^<]+)</loc>", xml)
    assert "/de/orte/grimma/nerchau/" in addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def test_a_topic_has_a_page_with_its_contacts_and_the_look_up(client, here):
    topic = factories.topic("interpreting", "Dolmetschen")
    post = factories.post(here.agency, title="Servicestelle")
    factories.rule(post, here.district, topic=topic, valid_until=dt.date(2026, 6, 30))

    with time_machine.travel("2026-06-30T21:59:00Z", tick=False):
        answer = client.get("/en/themen/interpreting/")
    with time_machine.travel("2026-06-30T22:00:00Z", tick=False):
        later = client.get("/en/themen/interpreting/")

    assert "Servicestelle" in text_of(answer)
    assert 'name="thema" value="interpreting"' in answer.text
    assert 'href="/en/anfrage/sprachmittlung/"' in answer.text
    assert 'href="/en/themen/interpreting/"' in client.get("/en/stellen/").text
    assert "No contact of its own is recorded" in text_of(later)
    assert client.get("/en/themen/nothing/").status_code == 404
