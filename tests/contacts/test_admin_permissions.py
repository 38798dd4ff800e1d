"""Who comes in, and what exists for them: every page of the administration, each role."""

import datetime as dt

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from contacts.models import (
    Absence,
    Correction,
    Doubt,
    GoldenCase,
    LegalDetails,
    Office,
    Person,
    Post,
    Publication,
    Responsibility,
    StaffRole,
)
from contacts.roles import EDITORS, Role
from portal.admin_outbox import ReadOnlyPage
from portal.admin_site import verwaltung
from tests import factories
from tests.contacts.county import county
from tests.contacts.test_admin import form_of, log_in, rows_in, saved, text_of, url

FOREIGN = [
    "agency",
    "office",
    "post",
    "person",
    "responsibility",
    "publication",
    "doubt",
    "correction",
    "goldencase",
    "legaldetails",
    "staffrole",
]
LISTS = sorted(
    model._meta.model_name for model in verwaltung._registry if model._meta.app_label == "contacts"
)


@pytest.fixture
def place(db):
    return county()


@pytest.fixture
def foreign(place) -> dict[str, int]:
    """One row of each kind that belongs to another agency; returns their ids."""
    agency = factories.agency("Geheime Stelle", factories.district("Landkreis Geheim"))
    office = factories.office(agency, "Geheimweg 1")
    post = factories.post(agency, "Geheimposten", office=office)
    person = factories.holder(post, "Gesine Geheim")
    Absence.objects.create(person=person, valid_from=dt.date(2026, 1, 1))
    shared = {"agency": agency}
    rows = [
        agency,
        office,
        post,
        person,
        factories.rule(post, factories.municipality("Geheimstadt", agency.districts.get())),
        Publication.objects.create(published_at=timezone.now(), reason="geheim", **shared),
        Doubt.objects.create(post=post, field="geheim", **shared),
        Correction.objects.create(
            kind="wrong", text="geheim", received_at=timezone.now(), **shared
        ),
        GoldenCase.objects.create(typed="geheim", post=post, **shared),
        LegalDetails.objects.create(body_name="Geheimamt", **shared),
        StaffRole.objects.create(
            user=factories.user(name="Gesine Geheim"), role=Role.EDITOR, **shared
        ),
    ]
    return {row._meta.model_name: row.pk for row in rows}


# Coming in ---------------------------------------------------------------------------------------


def test_only_active_staff_come_in(place):
    for client in (Client(), log_in()):
        assert "Geheim" not in text_of(client.get("/verwaltung/", follow=True))
    resident = factories.user(is_staff=False)
    left = factories.user(is_staff=True, is_active=False)
    for user in (resident, left):
        client = Client()
        client.force_login(user)
        assert client.get("/verwaltung/").status_code == 302


def test_staff_without_a_role_are_led_to_no_list(place):
    start = text_of(log_in().get("/verwaltung/"))
    assert [model for model in LISTS if f'href="{url(model)}"' in start] == []


# Another agency ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.AGENCY_ADMIN, Role.AUDITOR])
def test_another_agencys_row_does_not_exist(place, foreign, role):
    client = log_in(place.agency, role)
    for model in FOREIGN:
        pk = foreign[model]
        for page in ("change", "delete", "history"):
            for response in (
                client.get(url(model, f"{pk}/{page}/")),
                client.post(url(model, f"{pk}/{page}/"), {"post": "yes"}),
            ):
                assert response.status_code in (403, 404, 405), (model, page)
                assert "Geheim" not in text_of(response), (model, page)
        found = client.get(url(model))
        if found.status_code == 403:
            assert (model, role) == ("staffrole", Role.AUDITOR)
            continue
        assert pk not in [row.pk for row in found.context["cl"].result_list], model
        assert "geheim" not in text_of(found).casefold(), model


def test_another_agencys_row_answers_like_one_that_never_was(place, foreign):
    client = log_in(place.agency)
    for page in ("change", "delete", "history"):
        for pk in (foreign["post"], 999_999):
            assert client.get(url("post", f"{pk}/{page}/")).status_code == 404


@pytest.mark.parametrize(
    ("model", "field", "term"),
    [("post", "deputy", "Geheim"), ("post", "office", "Geheim"), ("tenure", "person", "Gesine")],
)
def test_suggestions_hold_no_row_of_another_agency(place, foreign, model, field, term):
    asked = {"app_label": "contacts", "model_name": model, "field_name": field, "term": term}
    answer = log_in(place.agency).get("/verwaltung/autocomplete/", asked)
    assert answer.json()["results"] == []
    boss = log_in(is_superuser=True).get("/verwaltung/autocomplete/", asked)
    assert len(boss.json()["results"]) == 1, "the data could have leaked"


def test_a_rule_is_only_suggested_places_that_the_agency_covers(place, foreign):
    asked = {"app_label": "contacts", "model_name": "responsibility", "field_name": "area"}
    client = log_in(place.agency)
    found = client.get("/verwaltung/autocomplete/", asked | {"term": "Geheimstadt"}).json()
    assert found["results"] == []
    found = client.get("/verwaltung/autocomplete/", asked | {"term": "Nerchau"}).json()
    assert [entry["text"] for entry in found["results"]] == ["Nerchau (Grimma)"]


def test_a_form_refuses_the_ids_of_another_agencys_rows(place, foreign):
    client = log_in(place.agency)
    address = url("post", f"{place.richter.pk}/change/")
    response = client.post(
        address,
        form_of(client, address)
        | {
            "office": foreign["office"],
            "deputy": foreign["post"],
            "tenures-1-person": foreign["person"],
        },
    )
    assert response.status_code == 200
    place.richter.refresh_from_db()
    assert place.richter.office == place.office
    assert place.richter.deputy is None
    add = url("office", "add/")
    data = form_of(client, add) | {"street": "Markt 1", "postal_code": "04668", "city": "Grimma"}
    client.post(add, data | {"slug": "neu", "agency": foreign["agency"]})
    assert not Office.objects.filter(slug="neu").exists()
    saved(client.post(add, data | {"slug": "neu"}))


def test_actions_reach_no_row_of_another_agency(place, foreign):
    client = log_in(place.agency)
    chosen = {"_selected_action": [foreign["responsibility"]]}
    client.post(url("responsibility"), {"action": "end_today"} | chosen)
    assert Responsibility.objects.get(pk=foreign["responsibility"]).valid_until is None
    chosen = {"_selected_action": [foreign["doubt"]]}
    client.post(url("doubt"), {"action": "close_selected"} | chosen)
    assert Doubt.objects.get(pk=foreign["doubt"]).closed_at is None


# Roles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role not in EDITORS])
def test_other_roles_look_but_change_nothing(place, role):
    client = log_in(place.agency, role)
    address = url("post", f"{place.richter.pk}/change/")
    page = client.get(address)
    assert page.status_code == 200
    assert 'name="_save"' not in text_of(page)
    assert client.post(address, {"phone": "03433 999999"}).status_code == 403
    rule = Responsibility.objects.get(area=place.grimma)
    assert client.post(url("responsibility", f"{rule.pk}/delete/"), {}).status_code == 403
    chosen = {"action": "end_today", "_selected_action": [rule.pk]}
    client.post(url("responsibility"), chosen)
    rule.refresh_from_db()
    assert rule.valid_until is None


def test_an_editor_here_who_is_a_coordinator_there_changes_only_here(place, foreign):
    client = log_in(place.agency)
    user = StaffRole.objects.get(agency=place.agency).user
    there = Post.objects.get(pk=foreign["post"])
    StaffRole.objects.create(user=user, agency=there.agency, role=Role.COORDINATOR)
    assert len(rows_in(client.get(url("post")))) == 3
    assert client.post(url("post", f"{there.pk}/change/"), {}).status_code == 403
    rule = Responsibility.objects.get(pk=foreign["responsibility"])
    chosen = {"action": "end_today", "_selected_action": [rule.pk]}
    client.post(url("responsibility"), chosen)
    rule.refresh_from_db()
    assert rule.valid_until is None


def test_an_agency_administrator_gives_roles_of_the_own_agency_only(place, foreign):
    client = log_in(place.agency, Role.AGENCY_ADMIN)
    colleague = StaffRole.objects.create(
        user=factories.user(is_staff=True), agency=place.agency, role=Role.EDITOR
    ).user
    address = url("staffrole", "add/")
    data = {"name": "Neu", "email": colleague.email, "roles": [Role.COORDINATOR]}
    client.post(address, data | {"agency": foreign["agency"]})
    assert colleague.staff_roles.count() == 1
    client.post(address, data | {"agency": place.agency.pk, "person": foreign["person"]})
    assert colleague.staff_roles.count() == 1
    saved(client.post(address, data | {"agency": place.agency.pk}))
    assert colleague.staff_roles.filter(agency=place.agency).count() == 2


def test_accounts_and_legal_texts_are_for_superusers(place):
    for address in ("/verwaltung/portal/user/", "/verwaltung/portal/page/"):
        assert log_in(place.agency, Role.AGENCY_ADMIN).get(address).status_code == 403
        assert log_in(is_superuser=True).get(address).status_code == 200


def test_an_account_is_connected_with_a_person_by_superusers_only(place):
    address = url("person", f"{place.person.pk}/change/")
    assert 'name="user"' not in text_of(log_in(place.agency).get(address))
    assert 'name="user"' in text_of(log_in(is_superuser=True).get(address))


def test_no_model_of_ours_is_in_the_administration_without_these_rules():
    for label in ("contacts", "projects", "portal"):
        for model in apps.get_app_config(label).get_models():
            page = verwaltung._registry.get(model)
            if page is not None:
                rules = hasattr(page, "may_look") or hasattr(page, "only_superusers")
                assert rules or isinstance(page, ReadOnlyPage), model


# Lists -------------------------------------------------------------------------------------------


def test_staff_see_no_person_of_another_agency_by_guessing_a_search(place, foreign):
    assert Person.objects.filter(name="Gesine Geheim").exists()
    for model in ("post", "person", "responsibility", "office", "doubt", "goldencase"):
        assert rows_in(log_in(place.agency).get(url(model), {"q": "Geheim"})) == []


# What only superusers decide ----------------------------------------------------------------------


@pytest.mark.parametrize("role", EDITORS)
def test_nobody_widens_or_ends_their_own_agency(place, role):
    elsewhere = factories.district("Landkreis Anderswo")
    address = url("agency", f"{place.agency.pk}/change/")
    client = log_in(place.agency, role)
    data = form_of(client, address) | {
        "districts": [place.district.pk, elsewhere.pk],
        "state": "sachsen-anhalt",
        "started_on": "2001-01-01",
        "ended_on": "2001-01-02",
        "slug": "elsewhere",
        "phone": "03433 241-1",
    }
    saved(client.post(address, data))
    place.agency.refresh_from_db()
    assert list(place.agency.districts.all()) == [place.district]
    assert place.agency.state != "sachsen-anhalt"
    assert (place.agency.started_on, place.agency.ended_on) == (None, None)
    assert (place.agency.slug, place.agency.phone) == ("landkreis-leipzig", "03433 241-1")


def test_a_superuser_decides_what_an_agency_covers(place):
    elsewhere = factories.district("Landkreis Anderswo")
    address = url("agency", f"{place.agency.pk}/change/")
    client = log_in(is_superuser=True)
    saved(client.post(address, form_of(client, address) | {"districts": [elsewhere.pk]}))
    assert list(place.agency.districts.all()) == [elsewhere]


def test_an_editor_cannot_end_or_move_an_official_place(place):
    other = factories.district("Landkreis Anderswo")
    factories.agency("Andere", other)
    address = url("municipality", f"{place.grimma.pk}/change/")
    client = log_in(place.agency)
    data = form_of(client, address) | {
        "valid_until": "2020-01-01",
        "successor": place.borna.pk,
        "parent": other.pk,
        "kind": "locality",
        "key": "1",
    }
    saved(client.post(address, data))
    before = (place.grimma.key, place.grimma.kind, place.district)
    place.grimma.refresh_from_db()
    assert (place.grimma.key, place.grimma.kind, place.grimma.parent) == before
    assert (place.grimma.valid_until, place.grimma.successor) == (None, None)
    superuser = log_in(is_superuser=True)
    data = form_of(superuser, address) | {"valid_until": "2020-01-01", "successor": place.borna.pk}
    saved(superuser.post(address, data))
    place.grimma.refresh_from_db()
    assert (place.grimma.valid_until, place.grimma.successor) == (
        dt.date(2020, 1, 1),
        place.borna,
    )


@pytest.mark.parametrize("model", ["post", "office", "agency"])
@pytest.mark.parametrize("is_superuser", [False, True])
def test_what_ends_is_not_offered_for_deletion(place, model, is_superuser):
    client = log_in(is_superuser=True) if is_superuser else log_in(place.agency)
    row = {"post": place.richter, "office": place.office, "agency": place.agency}[model]
    assert "/delete/" not in text_of(client.get(url(model, f"{row.pk}/change/")))
    assert "delete_selected" not in text_of(client.get(url(model)))
    assert client.post(url(model, f"{row.pk}/delete/"), {"post": "yes"}).status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()
