"""The administration as an editor uses it, with a real client and real forms."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import (
    Area,
    Correction,
    Doubt,
    GoldenCase,
    Locality,
    MissedInput,
    PlaceName,
    Post,
    Publication,
    Responsibility,
    StaffRole,
    Tenure,
)
from contacts.roles import Role
from portal import clock
from portal.admin_site import verwaltung
from tests import factories
from tests.contacts.county import county

TODAY = clock.today()
TOMORROW = TODAY + dt.timedelta(days=1)


LISTS = sorted(
    model._meta.model_name for model in verwaltung._registry if model._meta.app_label == "contacts"
)


def url(model: str, what: str = "") -> str:
    return f"/verwaltung/contacts/{model}/{what}"


def log_in(agency=None, role: Role = Role.EDITOR, **fields) -> Client:
    user = factories.user(is_staff=True, **fields)
    if agency is not None:
        StaffRole.objects.create(user=user, agency=agency, role=role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def place(db):
    return county()


@pytest.fixture
def editor(place) -> Client:
    return log_in(place.agency)


def form_of(client: Client, address: str) -> dict:
    """What a browser would send back if nothing were changed."""
    response = client.get(address)
    assert response.status_code == 200
    data = {}
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, list):
                data[bound.html_name] = [getattr(entry, "pk", entry) for entry in value]
            elif value is True:
                data[bound.html_name] = "on"
            elif value is not None and value is not False:
                data[bound.html_name] = str(value)
    return data


def saved(response) -> None:
    """Fail with what the form says when it was not."""
    if response.status_code == 200:
        context = response.context
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        raise AssertionError([context["adminform"].errors, *(f.errors for f in formsets)])
    assert response.status_code == 302


def rows_in(response) -> list[str]:
    return [str(row) for row in response.context["cl"].result_list]


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# A contact ---------------------------------------------------------------------------------------


def test_a_new_number_shows_on_the_next_public_page(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    data = form_of(editor, address) | {"phone": "03437 984-1994"}
    saved(editor.post(address, data))
    assert "03437 984-1994" in text_of(Client().get("/de/ansprechpersonen/koi/"))


def test_a_new_holder_is_entered_on_the_page_of_the_post(place, editor):
    successor = place.agency.people.create(name="Nora Neu")
    address = url("post", f"{place.richter.pk}/change/")
    data = form_of(editor, address) | {
        "tenures-0-valid_until": TODAY,
        "tenures-1-person": successor.pk,
        "tenures-1-valid_from": TOMORROW,
    }
    saved(editor.post(address, data))
    assert Tenure.objects.get(person=successor).valid_from == TOMORROW


def test_a_telephone_number_in_words_is_sent_back_with_the_input(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    response = editor.post(address, form_of(editor, address) | {"phone": "please call"})
    assert response.status_code == 200
    assert "Write the number with digits" in text_of(response)
    assert 'value="please call"' in text_of(response)


def test_a_post_gets_its_english_title_beside_the_german_one(place, editor):
    address = url("post", f"{place.richter.pk}/change/?language=en")
    response = editor.post(address, form_of(editor, address) | {"title": "Coordinator"})
    saved(response)
    titles = place.richter.translations.values_list("language_code", "title")
    assert dict(titles) == {"de": "Koordinatorin", "en": "Coordinator"}


def test_the_name_in_the_address_stays(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    editor.post(address, form_of(editor, address) | {"slug": "other", "agency": ""})
    place.richter.refresh_from_db()
    assert (place.richter.slug, place.richter.agency) == ("koi", place.agency)


# Two editors -------------------------------------------------------------------------------------


def test_the_second_of_two_editors_sees_both_texts(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    mine = form_of(editor, address) | {"phone": "03433 111111"}
    Post.objects.filter(pk=place.richter.pk).update(phone="03433 222222")
    response = editor.post(address, mine)
    assert response.status_code == 200
    assert "somebody else has changed this to “03433 222222”" in text_of(response)
    assert 'value="03433 111111"' in text_of(response)
    again = form_of_response(response) | {"phone": "03433 111111"}
    saved(editor.post(address, mine | {"seen": again["seen"]}))
    place.richter.refresh_from_db()
    assert place.richter.phone == "03433 111111"


def form_of_response(response) -> dict:
    form = response.context["adminform"].form
    return {name: form[name].value() for name in form.fields}


def test_what_only_the_other_editor_has_touched_is_kept(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    mine = form_of(editor, address) | {"phone": "03433 111111"}
    Post.objects.filter(pk=place.richter.pk).update(email="new@lk-l.example", room="9")
    saved(editor.post(address, mine))
    place.richter.refresh_from_db()
    assert place.richter.phone == "03433 111111"
    assert (place.richter.email, place.richter.room) == ("new@lk-l.example", "9")


def test_a_rule_that_somebody_else_has_ended_is_not_opened_again(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    mine = form_of(editor, address) | {"phone": "03433 111111"}
    Responsibility.objects.filter(post=place.richter).update(valid_until=TOMORROW)
    saved(editor.post(address, mine))
    assert Responsibility.objects.get(post=place.richter).valid_until == TOMORROW


# Responsibilities --------------------------------------------------------------------------------


def test_a_town_is_given_to_a_post_on_the_posts_page(place, editor):
    address = url("post", f"{place.loth.pk}/change/")
    data = form_of(editor, address) | {"responsibilities-1-area": place.nerchau.pk}
    saved(editor.post(address, data))
    assert Responsibility.objects.filter(post=place.loth, area=place.nerchau).exists()
    publication = Publication.objects.get()
    assert publication.published_by.staff_roles.get().agency == place.agency
    assert [row["area_id"] for row in publication.after] == [place.nerchau.pk]
    assert "Jana Loth" in text_of(Client().get("/de/zustaendig/?ort=Nerchau"))


def test_a_town_that_belongs_to_a_colleague_is_refused_beside_the_field(place, editor):
    address = url("post", f"{place.loth.pk}/change/")
    data = form_of(editor, address) | {
        "responsibilities-1-area": place.grimma.pk,
        "phone": "03433 333333",
    }
    response = editor.post(address, data)
    assert response.status_code == 200
    assert "Grimma belongs to Koordinatorin (Martina Richter)" in text_of(response)
    assert 'value="03433 333333"' in text_of(response), "the rest of the input is kept"
    assert not Publication.objects.exists()


def test_a_town_of_another_county_is_refused_beside_the_field(place, editor):
    foreign = factories.municipality("Döbeln", factories.district("Landkreis Mittelsachsen"))
    address = url("post", f"{place.loth.pk}/change/")
    for client in (editor, log_in(is_superuser=True)):
        data = form_of(client, address) | {"responsibilities-1-area": foreign.pk}
        response = client.post(address, data)
        assert response.status_code == 200
        assert "Döbeln lies in none of the districts" in text_of(response)
        data = form_of(client, url("responsibility", "add/"))
        data |= {"area": foreign.pk, "post": place.loth.pk}
        response = client.post(url("responsibility", "add/"), data)
        assert "Döbeln lies in none of the districts" in text_of(response)
    assert not Responsibility.objects.filter(area=foreign).exists()


def test_a_rule_deleted_on_the_posts_page_is_published_too(place, editor):
    address = url("post", f"{place.loth.pk}/change/")
    data = form_of(editor, address) | {"responsibilities-0-DELETE": "on"}
    saved(editor.post(address, data))
    assert not Responsibility.objects.filter(post=place.loth).exists()
    assert Publication.objects.get().after == []


def test_saving_a_post_without_touching_its_towns_publishes_nothing(place, editor):
    address = url("post", f"{place.loth.pk}/change/")
    saved(editor.post(address, form_of(editor, address)))
    assert not Publication.objects.exists()


def test_a_new_post_can_have_its_towns_from_the_start(place, editor):
    address = url("post", "add/")
    data = form_of(editor, address) | {
        "title": "Neue Stelle",
        "slug": "neu",
        "responsibilities-0-area": place.nerchau.pk,
    }
    saved(editor.post(address, data))
    assert Responsibility.objects.get(area=place.nerchau).post.slug == "neu"


def test_the_page_of_a_rule_publishes_with_a_reason(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    address = url("responsibility", f"{rule.pk}/change/")
    data = form_of(editor, address) | {"post": place.loth.pk, "reason": "Parental leave"}
    saved(editor.post(address, data))
    assert Publication.objects.get().reason == "Parental leave"
    add = url("responsibility", "add/")
    data = form_of(editor, add) | {"area": place.grimma.pk, "post": place.richter.pk}
    response = editor.post(add, data)
    assert "End that rule first" in text_of(response)
    saved(editor.post(add, data | {"area": place.nerchau.pk}))
    assert Responsibility.objects.get(area=place.nerchau).post == place.richter


def test_a_rule_is_deleted_through_the_verb(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    response = editor.post(url("responsibility", f"{rule.pk}/delete/"), {"post": "yes"})
    assert response.status_code == 302
    assert Publication.objects.get().before[0]["id"] == rule.pk


def test_a_golden_case_that_turns_is_named_after_saving(place, editor):
    GoldenCase.objects.create(agency=place.agency, typed="Grimma", post=place.richter)
    rule = Responsibility.objects.get(area=place.grimma)
    address = url("responsibility", f"{rule.pk}/change/")
    data = form_of(editor, address) | {"post": place.loth.pk}
    response = editor.post(address, data, follow=True)
    assert "A golden case has turned: “Grimma”" in text_of(response)


def act(client: Client, action: str, *rules: Responsibility, **data):
    chosen = {"action": action, "_selected_action": [rule.pk for rule in rules]}
    return client.post(url("responsibility"), chosen | data, follow=True)


def test_end_today_lets_a_rule_answer_today_for_the_last_time(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    assert "1 rule answers today for the last time" in text_of(act(editor, "end_today", rule))
    rule.refresh_from_db()
    assert rule.valid_until == TODAY


def test_end_today_says_why_it_cannot_end_what_has_not_begun(place, editor):
    rule = factories.rule(place.loth, place.nerchau, valid_from=TOMORROW)
    assert "Delete it instead" in text_of(act(editor, "end_today", rule))
    rule.refresh_from_db()
    assert rule.valid_until is None


def test_towns_move_to_another_post_after_a_page_that_asks_to_whom(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    page = act(editor, "move_to_another_post", rule)
    assert "Kommunale Koordinatorin (Jana Loth)" in text_of(page)
    answer = {"post": place.loth.pk, "first_day": TOMORROW, "reason": "Leave"}
    moved = act(editor, "move_to_another_post", rule, **answer)
    assert "1 place moved" in text_of(moved)
    rule.refresh_from_db()
    assert rule.valid_until == TODAY
    assert Responsibility.objects.get(post=place.loth, area=place.grimma).valid_from == TOMORROW


def test_a_move_that_is_refused_keeps_what_was_chosen(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    factories.rule(place.loth, place.grimma, valid_from=TOMORROW + dt.timedelta(days=9))
    answer = {"post": place.loth.pk, "first_day": TOMORROW, "reason": "Leave"}
    page = text_of(act(editor, "move_to_another_post", rule, **answer))
    assert "has Grimma already" in page
    assert 'value="Leave"' in page


# Places ------------------------------------------------------------------------------------------


def test_an_alias_is_added_in_a_moment_and_leads_there_at_once(place, editor):
    address = url("municipality", f"{place.grimma.pk}/change/")
    data = form_of(editor, address) | {"names-1-text": "Grimme", "names-1-kind": "short"}
    saved(editor.post(address, data))
    assert "Martina Richter" in text_of(Client().get("/de/zustaendig/?ort=Grimme"))


def test_a_new_part_of_a_town_gets_key_address_and_name_by_itself(place, editor):
    address = url("locality", "add/")
    data = form_of(editor, address) | {"name": "Großbothen", "parent": place.grimma.pk}
    saved(editor.post(address, data))
    part = Locality.objects.get(name="Großbothen")
    assert part.key == f"{place.grimma.key}-grossbothen"
    assert part.slug == "grossbothen"
    assert part.names.get().kind == PlaceName.Kind.OFFICIAL
    again = editor.post(address, data)
    assert "This town has a part of this name already" in text_of(again)


def test_an_editor_cannot_change_the_places_of_another_district(place, editor):
    foreign = factories.municipality("Döbeln", factories.district("Landkreis Mittelsachsen"))
    address = url("municipality", f"{foreign.pk}/change/")
    assert editor.get(address).status_code == 200
    assert editor.post(address, {"name": "Dobeln"}).status_code == 403
    data = form_of(editor, url("locality", "add/")) | {"name": "Neu", "parent": foreign.pk}
    editor.post(url("locality", "add/"), data)
    assert not Area.objects.filter(name="Neu").exists()


# Doubts, corrections, inputs without an answer ---------------------------------------------------


def test_a_doubt_is_closed_with_one_button_and_the_name_of_who_did(place, editor):
    doubt = Doubt.objects.create(agency=place.agency, post=place.richter, field="phone")
    assert "Koordinatorin" in text_of(editor.get(url("doubt")))
    editor.post(url("doubt", f"{doubt.pk}/confirm/"))
    doubt.refresh_from_db()
    assert doubt.closed_at is not None
    assert doubt.closed_by.staff_roles.get().agency == place.agency
    assert rows_in(editor.get(url("doubt"))) == []
    assert len(rows_in(editor.get(url("doubt", "?state=closed")))) == 1


def test_closing_is_not_for_a_get_nor_for_a_coordinator(place, editor):
    doubt = Doubt.objects.create(agency=place.agency, post=place.richter, field="phone")
    address = url("doubt", f"{doubt.pk}/confirm/")
    assert editor.get(address).status_code == 405
    assert log_in(place.agency, Role.COORDINATOR).post(address).status_code == 403
    doubt.refresh_from_db()
    assert doubt.closed_at is None


def test_corrections_are_done_in_the_list(place, editor):
    correction = Correction.objects.create(
        agency=place.agency, kind="wrong", text="Wrong number", received_at=timezone.now()
    )
    chosen = {"action": "close_selected", "_selected_action": [correction.pk]}
    assert "1 closed" in text_of(editor.post(url("correction"), chosen, follow=True))
    correction.refresh_from_db()
    assert correction.closed_at is not None


def test_a_missed_input_becomes_an_alias_with_one_click(place, editor):
    missed = MissedInput.objects.create(week="2026-W48", digest="0" * 64, text="Grima", number=3)
    hidden = MissedInput.objects.create(week="2026-W48", digest="1" * 64, number=9)
    assert rows_in(editor.get(url("missedinput"))) == ["Grima"]
    assert editor.get(url("missedinput", f"{hidden.pk}/alias/")).status_code == 404
    address = url("missedinput", f"{missed.pk}/alias/")
    page = editor.get(address)
    assert [area.name for area in page.context["candidates"]] == ["Grimma"]
    editor.post(address, {"area": place.grimma.pk})
    assert PlaceName.objects.get(text="Grima").area == place.grimma
    assert not MissedInput.objects.filter(text="Grima").exists()


def test_another_place_is_looked_for_where_none_is_similar(place, editor):
    missed = MissedInput.objects.create(week="2026-W48", digest="0" * 64, text="Muldau", number=3)
    address = url("missedinput", f"{missed.pk}/alias/")
    assert editor.get(address).context["candidates"] == []
    found = editor.get(address, {"q": "Borna"}).context["candidates"]
    assert [area.name for area in found] == ["Borna"]


# Finding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["götschenberg", "GOETSCHENBERG", "gotsch kommunale"])
def test_people_are_found_in_any_spelling(place, editor, typed):
    post = factories.post(place.agency, "Kommunale Koordinatorin", slug="kik-2")
    factories.holder(post, "Christin Götschenberg")
    assert rows_in(editor.get(url("post"), {"q": typed})) == ["Kommunale Koordinatorin"]
    suggested = editor.get(
        "/verwaltung/autocomplete/",
        {"app_label": "contacts", "model_name": "post", "field_name": "deputy", "term": typed},
    ).json()
    assert [entry["id"] for entry in suggested["results"]] == [str(post.pk)]


@pytest.mark.parametrize("typed", ["Grosspoesna", "GROSSPÖSNA", "großpös", "04463"])
def test_places_and_their_rules_are_found_in_any_spelling(place, editor, typed):
    town = factories.municipality("Großpösna", place.district, codes=["04463"])
    factories.rule(place.loth, town)
    assert rows_in(editor.get(url("municipality"), {"q": typed})) == ["Großpösna"]
    assert len(rows_in(editor.get(url("responsibility"), {"q": typed}))) == 1


def test_a_search_for_nothing_but_signs_finds_nothing(place, editor):
    assert rows_in(editor.get(url("post"), {"q": "%"})) == []
    assert rows_in(editor.get(url("municipality"), {"q": "--"})) == []


def test_the_gap_filter_agrees_with_the_public_answer(place, editor):
    gap = factories.municipality("Kitzscher", place.district)
    outside = factories.municipality("Taucha", factories.district("Landkreis Nordsachsen"))
    names = {"gap": [gap], "answered": [place.borna, place.grimma], "outside": [outside]}
    for answer, towns in names.items():
        found = rows_in(editor.get(url("municipality"), {"answer": answer}))
        assert found == [town.name for town in towns]


def test_post_filters_answer_their_questions(place, editor):
    vacant = factories.post(place.agency, "Frei", staffing="vacant", slug="frei")
    Post.objects.filter(pk=place.loth.pk).update(confirmed_on=TODAY)
    Doubt.objects.create(agency=place.agency, post=place.richter, field="phone")
    Tenure.objects.filter(post=place.loth).update(valid_until=TODAY + dt.timedelta(days=5))
    unreachable = factories.post(place.agency, "Stumm", phone="", email="", slug="stumm")
    expected = {
        "unfilled": {vacant},
        "unconfirmed": {vacant, place.richter, unreachable},
        "doubted": {place.richter},
        "nobody": {unreachable},
        "ending": {place.loth},
        "idle": {vacant, unreachable},
        "unreachable": {unreachable},
    }
    for answer, posts in expected.items():
        found = editor.get(url("post"), {"todo": answer}).context["cl"].result_list
        assert set(found) == posts, answer


def test_rule_filters_part_the_rules_by_time(place, editor):
    over = factories.rule(place.loth, place.nerchau, valid_until=TODAY - dt.timedelta(days=1))
    later = factories.rule(place.loth, place.nerchau, valid_from=TOMORROW)
    Responsibility.objects.filter(area=place.grimma).update(valid_until=TODAY)
    ending = Responsibility.objects.get(area=place.grimma)
    today = {ending, Responsibility.objects.get(area=place.borna)}
    expected = {"today": today, "soon": {ending}, "later": {later}, "over": {over}}
    for answer, rules in expected.items():
        found = editor.get(url("responsibility"), {"when": answer}).context["cl"].result_list
        assert set(found) == rules, answer


# Odd input ---------------------------------------------------------------------------------------

ODD = ["²", "9" * 22, "-1", "abc", "", "1,2", "٣", "%00", "none"]


def parameters(client: Client, model: str) -> set[str]:
    """The names by which the filters of a list are asked, as the list itself writes them."""
    page = client.get(url(model)).context["cl"]
    return {name for spec in page.filter_specs for name in spec.expected_parameters()}


@pytest.mark.parametrize("model", LISTS)
def test_no_filter_breaks_on_an_odd_value(place, model):
    factories.agency("Andere Stelle", place.district)
    factories.topic()
    client = log_in(is_superuser=True)
    names = parameters(client, model) | {"q"}
    if model == "post":  # where Django itself reads them, one list stands for all
        names |= {"p", "o", "topic", "agency"}
    for name in sorted(names):
        for value in ODD:
            answer = client.get(url(model, f"?{name}={value}"))
            assert answer.status_code in (200, 302, 400), f"{name}={value}"


@pytest.mark.parametrize("value", ODD)
def test_an_alias_is_made_for_no_place_that_was_not_offered(place, editor, value):
    missed = MissedInput.objects.create(week="2026-W01", digest="0" * 64, text="grimmma")
    answer = editor.post(url("missedinput", f"{missed.pk}/alias/"), {"area": value})
    assert answer.status_code == 200
    assert not PlaceName.objects.filter(text="grimmma").exists()


# What a page says ---------------------------------------------------------------------------------


def test_a_title_says_once_that_something_is_wrong(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    answer = editor.post(address, form_of(editor, address) | {"phone": "please call"})
    title = text_of(answer).partition("<title>")[2].partition("</title>")[0]
    assert title.count("Error:") == 1


def test_a_filter_is_headed_by_its_question(place, editor):
    assert "<summary>What needs doing</summary>" in text_of(editor.get(url("post")))


def test_a_name_entered_twice_is_refused_in_words(place, editor):
    address = url("municipality", f"{place.grimma.pk}/change/")
    data = form_of(editor, address)
    number = int(data["names-INITIAL_FORMS"])
    kind = {"kind": PlaceName.Kind.SHORT, "language": "", "source": "", "noted_on": ""}
    for row in (number, number + 1):
        data |= {f"names-{row}-text": "Grimme"}
        data |= {f"names-{row}-{name}": value for name, value in kind.items()}
    answer = editor.post(address, data | {"names-TOTAL_FORMS": number + 2})
    assert "This name leads to this place already." in text_of(answer)
    assert "duplicate" not in text_of(answer)


def published(place) -> Publication:
    """The log of a rule of a post of its own."""
    post = factories.post(place.agency, "Posten")
    factories.holder(post, "Person")
    rule = factories.rule(post, factories.municipality("Ort", place.district))
    row = {
        "model": "responsibility",
        "id": rule.pk,
        "area_id": rule.area_id,
        "post_id": post.pk,
        "topic_id": None,
        "valid_from": "2026-03-01",
        "valid_until": None,
    }
    return Publication.objects.create(
        agency=place.agency, published_at=timezone.now(), before=[row], after=[row]
    )


def test_the_log_names_who_held_a_post_and_the_local_date(place, editor):
    publication = published(place)
    page = url("publication", f"{publication.pk}/change/")
    german = {"headers": {"accept-language": "de"}}
    assert "Posten (Person) · 01.03.2026 –" in text_of(editor.get(page, **german))


# What belongs together ---------------------------------------------------------------------------


@pytest.fixture
def other(place) -> Post:
    """A post of a second agency, for which the same editor works."""
    agency = factories.agency("Andere Stelle", place.district)
    return factories.post(agency, "Anderer Posten")


@pytest.fixture
def editor_of_two(place, other) -> Client:
    client = log_in(place.agency)
    user = StaffRole.objects.get(agency=place.agency).user
    StaffRole.objects.create(user=user, agency=other.agency, role=Role.EDITOR)
    return client


def test_a_post_is_held_by_somebody_of_its_own_agency(place, other, editor_of_two):
    stranger = other.agency.people.create(name="Frieda Fremd")
    address = url("post", f"{place.richter.pk}/change/")
    data = form_of(editor_of_two, address) | {"tenures-1-person": stranger.pk}
    answer = editor_of_two.post(address, data)
    assert "This person belongs to another agency." in text_of(answer)
    assert not Tenure.objects.filter(person=stranger).exists()


def test_a_deputy_is_of_the_same_agency(place, other, editor_of_two):
    address = url("post", f"{place.richter.pk}/change/")
    answer = editor_of_two.post(address, form_of(editor_of_two, address) | {"deputy": other.pk})
    assert "This post belongs to another agency." in text_of(answer)


def away(client: Client, person, stand_in: Post):
    address = url("person", f"{person.pk}/change/")
    data = form_of(client, address) | {
        "absences-TOTAL_FORMS": 1,
        "absences-0-valid_from": TODAY,
        "absences-0-stand_in": stand_in.pk,
    }
    return client.post(address, data)


def test_a_stand_in_is_a_colleagues_post(place, other, editor_of_two):
    answer = away(editor_of_two, place.person, other)
    assert "This post belongs to another agency." in text_of(answer)
    answer = away(editor_of_two, place.person, place.richter)
    assert "holds this post: choose another one" in text_of(answer)
    saved(away(editor_of_two, place.person, place.loth))


def test_nobody_holds_one_post_twice_on_one_day(place, editor):
    address = url("post", f"{place.richter.pk}/change/")
    again = {"tenures-1-person": place.person.pk, "tenures-1-valid_from": TODAY}
    ended = {"tenures-0-valid_until": TODAY}
    answer = editor.post(address, form_of(editor, address) | ended | again)
    assert "holds this post on some of these days already" in text_of(answer)
    again["tenures-1-valid_from"] = TOMORROW
    saved(editor.post(address, form_of(editor, address) | ended | again))
    assert place.richter.tenures.count() == 2


# A doubt is decided ------------------------------------------------------------------------------


def doubted(place, **fields) -> Doubt:
    fields = {"field": "phone", "value_used": place.richter.phone} | fields
    return Doubt.objects.create(agency=place.agency, post=place.richter, **fields)


def test_the_other_value_is_taken_over(place, editor):
    doubt = doubted(place, other_value="03433 241-99")
    page = text_of(editor.get(url("doubt", f"{doubt.pk}/change/")))
    assert "The value used is right" in page
    assert "Take over the other value" in page
    editor.post(url("doubt", f"{doubt.pk}/take-over/"))
    place.richter.refresh_from_db()
    doubt.refresh_from_db()
    assert place.richter.phone == "03433 241-99"
    assert doubt.closed_by.staff_roles.get().agency == place.agency


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"other_value": "call us"}, "Write the number with digits"),
        ({"other_value": ""}, "The source names no other value"),
        ({"field": "holder", "other_value": "x"}, "not one field of a contact"),
        ({"field": "agency", "other_value": "1"}, "not one field of a contact"),
        ({"value_used": "0", "other_value": "03433 1"}, "has been changed since"),
    ],
)
def test_what_cannot_be_taken_over_says_why_and_stays_open(place, editor, fields, why):
    doubt, phone = doubted(place, **fields), place.richter.phone
    answer = editor.post(url("doubt", f"{doubt.pk}/take-over/"), follow=True)
    assert why in text_of(answer)
    doubt.refresh_from_db()
    place.richter.refresh_from_db()
    assert (doubt.closed_at, place.richter.phone) == (None, phone)


def test_a_decided_doubt_is_opened_again(place, editor):
    doubt = doubted(place)
    editor.post(url("doubt", f"{doubt.pk}/confirm/"))
    assert "Open again" in text_of(editor.get(url("doubt", f"{doubt.pk}/change/")))
    editor.post(url("doubt", f"{doubt.pk}/reopen/"))
    doubt.refresh_from_db()
    assert (doubt.closed_at, doubt.closed_by) == (None, None)


def test_an_editor_sees_doubts_of_their_own_county_by_name(place, editor):
    elsewhere = factories.municipality("Fernstadt", factories.district("Landkreis Fern"))
    far = Doubt.objects.create(area=elsewhere, field="boundary")
    near = Doubt.objects.create(
        area=place.nerchau, field="municipality", value_used=place.grimma.key
    )
    doubted(place)
    page = editor.get(url("doubt"))
    assert set(page.context["cl"].result_list) >= {near}
    assert far not in page.context["cl"].result_list
    assert editor.get(url("doubt", f"{far.pk}/change/")).status_code == 404
    assert place.grimma.key not in text_of(page)
    assert "Grimma" in text_of(page)
    assert '<td class="field-which_field">telephone</td>' in text_of(page)
