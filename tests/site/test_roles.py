"""Who gets what from which address: every route of the URLconf, every role, two agencies.

What a route answers to whom follows from its name and one table. A route that fits into no class
fails here until somebody has decided who may see it.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import (
    Agency,
    Document,
    InterpreterPool,
    LookUpCount,
    MissedInput,
    NewsItem,
    Office,
    PostalCode,
    Source,
    StaffRole,
    WorkingGroup,
)
from contacts.roles import Role
from portal.admin_site import verwaltung
from portal.models import JobRun, Page
from projects.models import Call, Offer, Programme, Project
from tests import factories
from tests.contacts.county import county
from tests.contacts.test_visibility import FOR_ITS_STAFF, PUBLISHED, rows_of
from tests.portal.entering import entered
from tests.site.access import (
    ACCOUNT,
    ARGUMENTS,
    CASES,
    ENQUIRIES,
    ENTRANCE,
    FORMS,
    GENERAL,
    GONE,
    MODELS,
    NAME,
    NETWORK,
    NOT_IN_A_DEMO,
    OF_A_CASE_IN_ADMIN,
    OF_AN_ENQUIRY_IN_ADMIN,
    OF_NO_ROW,
    REDIRECTS,
    STEPS,
    UNKNOWN,
    Level,
    class_of,
    expected_of,
    level_of,
    of_class,
    parts,
)
from tests.site.routes import Route, routes

pytestmark = pytest.mark.django_db
OF_AN_AGENCY = {model._meta.model_name for model in (*PUBLISHED, *FOR_ITS_STAFF)}
OF_AN_AGENCY |= {"interpreter", "outboxmessage"}
LOG_IN = ("/verwaltung/login/", "/verwaltung/konto/anmelden/", "/de/anmelden/")
APPLICANT = "applicant"  # in the administration, a visitor like any other
APPS = {model._meta.model_name: model._meta.app_label for model in verwaltung._registry}
ROUTES = {
    model: [route for route in of_class("model") if parts(route)[0] == model]
    for model in sorted(MODELS)
}
EXPORTED = [name for name, found in ROUTES.items() if any(parts(r)[1] == "export" for r in found)]


def test_every_route_is_in_a_class():
    assert [route for route in routes() if not class_of(route)] == []


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("admin:contacts_payment_changelist", "verwaltung/contacts/payment/"),
        ("admin:contacts_post_print", "verwaltung/contacts/post/print/"),
        ("admin:reports", "verwaltung/reports/"),
        ("admin:", "verwaltung/new/"),
        ("account_signup", "verwaltung/konto/registrieren/"),
        ("contacts:file", "<language>/dateien/<slug:slug>/"),
    ],
)
def test_a_new_route_is_in_none(name, pattern):
    assert class_of(Route(name, pattern)) == ""


def test_the_tables_name_no_route_and_no_model_that_has_gone():
    names = {route.name for route in routes()}
    models = {match["model"] for name in names if (match := NAME.fullmatch(name))}
    of_cases = {match[1] for name in names if (match := OF_A_CASE_IN_ADMIN.fullmatch(name))}
    of_enquiries = {match[1] for name in names if (match := OF_AN_ENQUIRY_IN_ADMIN.fullmatch(name))}

    assert {*MODELS, *NETWORK, "application", "budget", "enquiry", "payout", "textblock"} == models
    assert {*CASES, *STEPS} == of_cases
    assert set(ENQUIRIES) == of_enquiries
    assert set(GENERAL) | set(ACCOUNT) | set(ENTRANCE) <= names
    assert set(ARGUMENTS) | set(REDIRECTS) <= names


# Two agencies, and somebody of every kind ---------------------------------------------------------


@dataclass
class World:
    own: dict[str, int]  # ids of rows by model: of the agency of the staff, and of all
    foreign: dict[str, int]  # of another agency


def make_world() -> World:
    place = county()
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    town = factories.municipality("Fremdstadt", other.districts.get())
    quarter = factories.quarter("Altstadt", place.grimma)
    code = PostalCode.objects.first()
    shared = [
        factories.topic(),
        quarter,
        place.nerchau,
        place.grimma.names.first(),
        code,
        Source.objects.first(),
        Page.objects.language("de").create(kind=Page.Kind.IMPRINT, body="Text"),
        factories.user(),
        LookUpCount.objects.create(day=timezone.now().date(), outcome="exact", number=1),
        MissedInput.objects.create(week="2026-W47", digest="0" * 64, text="Grimmma", number=3),
        JobRun.objects.create(name="mail"),
    ]
    own = {row._meta.model_name: row.pk for row in shared}
    own |= {"district": place.district.pk, "municipality": place.grimma.pk}
    own |= {"area": place.grimma.pk, "quarter": quarter.pk, "locality": place.nerchau.pk}
    Agency.objects.filter(pk=place.agency.pk).update(accent="#0a5a63")
    own |= ids(rows_of(place.agency, quarter))
    foreign = ids(rows_of(other, town))
    own["application"] = place.agency.applications.get().pk
    Programme.objects.filter(pk=own["programme"]).update(slug="mikroprojekte")
    Project.objects.filter(pk=own["project"]).update(slug="begegnung")
    Offer.objects.filter(pk=own["offer"]).update(slug="sprachcafe")
    file = default_storage.save("documents/konzept", ContentFile(b"%PDF-1.7"))
    document = {"slug": "konzept", "file": file, "file_name": "konzept.pdf"}
    Document.objects.filter(pk=own["document"]).update(**document)
    NewsItem.objects.filter(pk=own["newsitem"]).update(slug="neues")
    InterpreterPool.objects.filter(pk=own["interpreterpool"]).update(slug="sprachmittlung")
    WorkingGroup.objects.filter(pk=own["workinggroup"]).update(slug="ag-sprache")
    soon = timezone.now() + dt.timedelta(days=30)
    Call.objects.filter(pk=own["call"]).update(slug="mp-2026", closes_at=soon)
    own["outboxmessage"] = factories.mail(place.agency, state="failed").pk
    foreign["outboxmessage"] = factories.mail(other, state="failed").pk
    for rows in (own, foreign):
        pool = InterpreterPool.objects.get(pk=rows["interpreterpool"])
        rows["interpreter"] = factories.interpreter(pool).pk
        office = Office.objects.language("de").get(pk=rows["office"])
        office.access_note = "Klingel links"
        office.save()
    return World(own, foreign)


def ids(rows: dict) -> dict[str, int]:
    return {model._meta.model_name: row.pk for model, row in rows.items()}


def people(agency_id: int) -> Iterator[tuple[str, Level, Client]]:
    """A client for every role, for staff without one, a superuser, a visitor and an applicant."""
    yield "visitor", Level.VISITOR, Client()
    yield APPLICANT, Level.VISITOR, entered("applicant@example.org")
    users = [("staff without a role", Level.NO_ROLE, factories.user(is_staff=True))]
    users += [("superuser", Level.SUPERUSER, factories.user(is_staff=True, is_superuser=True))]
    for role in Role:
        user = factories.user(is_staff=True)
        StaffRole.objects.create(user=user, agency_id=agency_id, role=role)
        level = level_of(role)
        users.append((role.value, level, user))
    for name, level, user in users:
        client = Client()
        client.force_login(user)
        yield name, level, client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all tests of this module, which only read; rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def everybody(world) -> list[tuple[str, Level, Client]]:
    return list(people(world.own["agency"]))


@dataclass(frozen=True)
class Listed:
    """What somebody gets of a list: the status, and the ids of its rows."""

    status: int
    rows: frozenset[int] = frozenset()


@pytest.fixture(scope="module")
def lists(everybody) -> dict[tuple[str, str], Listed]:
    """Every list of the administration, by model and by who asks: read once for all tests."""
    return {
        (model, name): listed(client.get(list_of(model)))
        for model in MODELS
        for name, _level, client in everybody
    }


def list_of(model: str) -> str:
    return reverse(f"admin:{APPS[model]}_{model}_changelist")


def listed(response) -> Listed:
    if response.status_code != 200:
        return Listed(status_of(response))
    return Listed(200, frozenset(row.pk for row in response.context["cl"].queryset))


def ask(client: Client, address: str) -> int:
    return status_of(client.get(address))


def status_of(response) -> int:
    if response.streaming:
        response.getvalue()  # a file is closed when it has been read
    if response.status_code == 302 and response["Location"].startswith(LOG_IN):
        return 401  # sent to the log-in; told apart from other redirects
    return response.status_code


# Public pages -------------------------------------------------------------------------------------


def test_a_public_page_is_the_same_for_everybody(everybody):
    wrong = []
    with time_machine.travel(timezone.now(), tick=False):  # which some of them show
        for route in of_class("public"):
            wrong += differences(route, everybody)

    assert wrong == []


UNUSUAL = dict.fromkeys(REDIRECTS, 302) | dict.fromkeys((*NOT_IN_A_DEMO, *UNKNOWN), 404)
UNUSUAL |= dict.fromkeys(GONE, 410)


def differences(route: Route, everybody) -> list[str]:
    """Who gets something else from a public address than is right, or than the others."""
    expected = UNUSUAL.get(route.name, 200)
    address = reverse(route.name, args=ARGUMENTS.get(route.name, []))
    is_form = route.name in FORMS
    wrong, texts = [], set()
    for name, _level, client in everybody:
        response = client.get(address)
        if response.status_code != expected:
            wrong.append(f"{name} gets {response.status_code} from {route.name}")
        if "Cookie" in response.get("Vary", "") and not is_form:
            wrong.append(f"{route.name} varies by the cookie")
        texts.add(b"" if is_form else response.getvalue())
    return wrong if len(texts) == 1 else [*wrong, f"{route.name} is {len(texts)} pages"]


def test_what_lies_behind_the_entrance_opens_for_applicants_alone(everybody):
    wrong = []
    for route in of_class("entrance"):
        address = reverse(route.name, args=ARGUMENTS.get(route.name, []))
        for name, _level, client in everybody:
            status = ask(client, address)
            if status != ENTRANCE[route.name][name == APPLICANT]:
                wrong.append(f"{name} gets {status} from {route.name}")

    assert wrong == []


# The administration -------------------------------------------------------------------------------


def test_the_frame_of_the_administration_opens_for_staff(world, everybody):
    post = ContentType.objects.get(app_label="contacts", model="post")
    arguments = {
        "admin:app_list": ["contacts"],
        "admin:view_on_site": [post.pk, world.own["post"]],
    }
    wrong = []
    for route in of_class("general"):
        address = reverse(route.name, args=arguments.get(route.name, []))
        without, with_role = GENERAL[route.name]
        for name, level, client in everybody:
            expected = with_role if level > Level.NO_ROLE else without
            if level is Level.VISITOR:
                expected = 302 if route.name == "admin:logout" else 401
            status = ask(client, address)
            if status != expected:
                wrong.append(f"{name} gets {status} from {route.name}")

    assert wrong == []


def test_a_page_of_an_account_is_for_its_owner(everybody):
    wrong = []
    for route in of_class("account"):
        address = reverse(route.name, args=ARGUMENTS.get(route.name, []))
        for name, level, client in everybody:
            status = ask(client, address)
            if status != ACCOUNT[route.name][level > Level.VISITOR]:
                wrong.append(f"{name} gets {status} from {route.name}")

    assert wrong == []


def test_staff_without_a_second_factor_get_no_page_but_to_set_one_up(world, everybody, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    _name, _level, client = next(entry for entry in everybody if entry[1] is Level.SUPERUSER)
    opened = {
        address
        for address in [
            "/verwaltung/",
            *(address_of(route, world.own) for route in of_class("model")),
        ]
        if client.get(address).headers.get("Location") != reverse("mfa_index")
    }
    opened |= {
        route.name
        for route in of_class("account")
        if client.get(reverse(route.name, args=ARGUMENTS.get(route.name, []))).status_code == 200
    }

    assert opened == {"account_logout", "account_reauthenticate", "accounts:stay", "mfa_index"}


@pytest.mark.parametrize("model", ROUTES)
def test_a_page_of_the_administration_opens_for_those_who_need_it(world, everybody, lists, model):
    wrong = []
    for route in ROUTES[model]:
        verb, address = parts(route)[1], address_of(route, world.own)
        for name, level, client in everybody:
            is_list = verb == "changelist"
            status = lists[model, name].status if is_list else ask(client, address)
            if status not in expected_of(verb, model, level):
                wrong.append(f"{name} gets {status} from {verb}")

    assert wrong == []


@pytest.mark.parametrize("model", sorted(OF_AN_AGENCY & MODELS.keys()))
def test_a_row_of_another_agency_does_not_exist(world, everybody, model):
    wrong = []
    for route in ROUTES[model]:
        verb = parts(route)[1]
        if verb in OF_NO_ROW:
            continue
        address = address_of(route, world.foreign)
        for name, level, client in everybody:
            status = ask(client, address)
            if status not in expected_of_another(verb, model, level):
                wrong.append(f"{name} gets {status} from {verb}")

    assert wrong == []


def expected_of_another(verb: str, model: str, level: Level) -> set[int]:
    if level is Level.SUPERUSER:
        return expected_of(verb, model, level)
    if level >= MODELS[model][0] and verb in ("change", "history", "delete"):
        return {404}  # as for a row that never was
    return {401, 403, 404, 405}


def test_no_list_holds_a_row_of_another_agency(world, everybody, lists):
    leaks = [
        f"{name} sees it in the list of {model}"
        for model, foreign in world.foreign.items()
        for name, level, _client in everybody
        if model in MODELS and level < Level.SUPERUSER and foreign in lists[model, name].rows
    ]

    assert leaks == []


def test_a_saved_list_holds_what_the_list_shows_and_no_more(everybody, lists):
    wrong = []
    for model in EXPORTED:
        address = reverse(f"admin:{APPS[model]}_{model}_export", args=["csv"])
        for name, _level, client in everybody:
            if lists[model, name].status == 200:
                text = client.get(address).content.decode("utf-8-sig")
                saved = len(list(csv.reader(text.splitlines()))) - 1
                if saved != len(lists[model, name].rows):
                    wrong.append(f"{name} saves {saved} rows of {model}")

    assert EXPORTED
    assert wrong == []


def test_a_table_to_fill_in_is_that_of_ones_own_agency(world, everybody):
    address = reverse("admin:contacts_importdraft_table", args=["contacts", "csv"])
    for name, level, client in everybody:
        status = ask(client, f"{address}?agency={world.foreign['agency']}")
        if level < Level.SUPERUSER:
            assert status in {401, 403, 404}, name
    for asked in ("x", "-1", "0", "99999999999999999999", "٣"):
        assert client.get(f"{address}?agency={asked}").status_code == 404


def test_short_and_unknown_addresses_give_nothing_away(world, everybody):
    wrong = []
    for route in of_class("unnamed"):
        if "<path:" in route.pattern:
            model = route.pattern.split("/")[2]
            key = str(world.own.get(model, 1))
            address = "/" + route.pattern.replace("<path:object_id>", key)
            expected = 302  # to the page to change it, which asks for itself
        else:
            address, expected = "/verwaltung/nirgendwo/", 404
        for name, level, client in everybody:
            status = ask(client, address)
            if status != (401 if level is Level.VISITOR else expected):
                wrong.append(f"{name} gets {status} from {route.pattern}")

    assert wrong == []


def test_who_may_not_log_in_gets_nowhere(world):
    left = factories.user(is_staff=True, is_active=False)
    resident = factories.user(is_staff=False)
    for user in (left, resident):
        StaffRole.objects.create(user=user, agency_id=world.own["agency"], role=Role.EDITOR)
        client = Client()
        client.force_login(user)
        opened = [
            route.name
            for route in of_class("model")
            if ask(client, address_of(route, world.own)) != 401
        ]
        assert opened == []


def address_of(route: Route, rows: dict[str, int]) -> str:
    model, verb = parts(route)
    if verb in OF_NO_ROW:
        return reverse(route.name, args=OF_NO_ROW[verb])
    more = {"delete_translation": ["de"], "restore": [model, 1]}
    return reverse(route.name, args=[rows[model], *more.get(verb, [])])
