"""Every list, form and log of the administration asks as often for 300 rows as for 3."""

from dataclasses import dataclass

import pytest
import time_machine
from django.contrib.admin import ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import (
    Area,
    Enquiry,
    Municipality,
    Office,
    Post,
    Publication,
    Responsibility,
    StaffRole,
    Topic,
)
from contacts.roles import Role
from portal import exports
from portal.admin_site import verwaltung
from portal.exports import Exportable
from portal.models import User
from projects.models import Application, Budget, Contributor, Message, Payout
from tests import factories, kept
from tests.contacts.county import county
from tests.portal.entering import entered
from tests.projects import cases
from tests.projects import factories as funding
from tests.site.many_rows import MAKERS, WHEN, Rows, of_a_case, publication

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 300
LISTS = sorted(verwaltung._registry, key=lambda model: model._meta.label)


def staff(rows: Rows, role: Role | None = None) -> Client:
    """A client of the county's agency, or, without a role, of a superuser."""
    user = factories.user(is_staff=True, is_superuser=role is None)
    if role:
        StaffRole.objects.create(user=user, agency=rows.place.agency, role=role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def ask(client: Client, address: str, **data) -> tuple[HttpResponse, list[str]]:
    """The answer and the queries that it took; with `data`, to a form that is sent."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(address, data) if data else client.get(address, follow=True)
    assert answer.status_code in (200, 403, 404), address
    return answer, [query["sql"] for query in queries]


@dataclass
class Measured:
    """Of one list with its forms: how many rows it holds, and what each of its pages asks."""

    rows: int
    queries: dict[str, list[str]]


def measure(page: ModelAdmin, boss: Client, editor: Client, first: Model) -> Measured:
    """The superuser opens all that there is, the editor the list and the form of a row."""
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}"
    address, form = reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[first.pk])
    answer, queries = ask(boss, address)
    shown = answer.context["cl"]
    filters = [list(spec.choices(shown))[1]["query_string"] for spec in shown.filter_specs]
    more = [f"{address}{query}" for query in ("?q=1", *filters)]
    more += [form, reverse(f"{name}_history", args=[first.pk]), reverse(f"{name}_add")]
    if isinstance(page, Exportable):  # all rows at once, not a page of fifty
        more.append(reverse(f"{name}_export", args=["csv"]))
    asked = {address: queries, **{path: ask(boss, path)[1] for path in more}}
    asked |= {f"{path} for an editor": ask(editor, path)[1] for path in (address, form)}
    return Measured(shown.queryset.count(), asked)


@dataclass
class Everything:
    """Of few rows and then of many: what each list asks, and what building all that is kept."""

    of: dict[type[Model], list[Measured]]
    kept: list[int]


@pytest.fixture(scope="module")
def measured(django_db_setup, django_db_blocker) -> Everything:
    """Every list with its forms, with few rows of everything and then with many; rolled back."""
    with django_db_blocker.unblock(), time_machine.travel(WHEN, tick=False), transaction.atomic():
        rows = Rows(county())
        # Asked for once a process, whatever the number of rows.
        ContentType.objects.get_for_models(*LISTS, for_concrete_models=False)
        boss, editor = staff(rows), staff(rows, Role.EDITOR)
        others = {
            **{model: staff(rows, Role.AGENCY_ADMIN) for model in (StaffRole, Enquiry)},
            **{model: staff(rows, Role.CASEWORKER) for model in (Application, Budget, Payout)},
        }
        found = Everything({model: [] for model in LISTS}, [])
        for number in (FEW, MANY - FEW):
            rows.fill(number)
            with CaptureQueriesContext(connection) as queries:
                kept.build()  # or it would count for the page that happens to need it first
            found.kept.append(len(queries))
            for model in LISTS:
                for first in rows.of[MADE_AS.get(model, model)][:1]:
                    who = others.get(model, editor)
                    found.of[model].append(measure(verwaltung._registry[model], boss, who, first))
        transaction.set_rollback(True)
    return found


# Lists of rows that others make.
MADE_AS: dict[type[Model], type[Model]] = {Area: Municipality}


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_and_its_forms_ask_as_often_for_300_rows_as_for_3(measured, model):
    assert model in MAKERS or model in MADE_AS, "say in many_rows.py how to make its rows"
    few, many = measured.of[model]

    assert many.rows >= few.rows + MANY - FEW
    pieces = -(-many.rows // exports.CHUNK)  # an export reads so many rows at once, and again
    different = {
        page: (len(few.queries[page]), len(many.queries[page]))
        for page in few.queries
        if not 0
        <= len(many.queries[page]) - len(few.queries[page])
        <= (len(few.queries[page]) * (pieces - 1) if "/export/" in page else 0)
    }
    assert different == {}


def test_what_is_kept_is_built_with_as_many_queries_of_300_rows_as_of_3(measured):
    few, many = measured.kept

    assert few == many > 20


# Pages of one row with much that belongs to it ----------------------------------------------------


def grown(rows: Rows, post: Post, topic: Topic, number: int) -> None:
    """`number` more towns, versions and publications of `post`, each naming other rows.

    Not more holders: the choice of each asks for its name, and a post has a handful in its life.
    """
    start = len(rows.of[User])
    rows.fill(number)
    rules = Responsibility.objects.bulk_create(
        Responsibility(post=post, area=town, topic=topic) for town in rows.of[Municipality][start:]
    )
    for office, deputy in zip(rows.of[Office][start:], rows.of[Post][start:], strict=True):
        post.office, post.deputy = office, deputy
        post.save()
    Publication.objects.bulk_create(
        publication(rows, [rule], reason=f"of {rule.pk}", published_by=user)
        for rule, user in zip(rules, rows.of[User][start:], strict=True)
    )


def test_the_pages_of_a_post_ask_as_often_for_60_towns_as_for_3():
    with time_machine.travel(WHEN, tick=False):
        rows = Rows(county())
        post, client = rows.place.richter, staff(rows, Role.EDITOR)
        topic = factories.topic()
        ContentType.objects.get_for_models(Post, Publication)
        counts = []
        for number in (3, 57):
            grown(rows, post, topic, number)
            everything = publication(rows, post.responsibilities.all())
            everything.save()
            about = {
                "post": (post, ["change", "hand_over", "new_holder", "history"]),
                "publication": (everything, ["change", "undo"]),
            }
            pages = {
                f"{model}_{step}": reverse(f"admin:contacts_{model}_{step}", args=[row.pk])
                for model, (row, steps) in about.items()
                for step in steps
            }
            queries = {name: ask(client, page)[1] for name, page in pages.items()}
            rules = post.responsibilities.values_list("pk", flat=True)
            move = {"rules": list(rules), "post": rows.place.loth.pk, "first_day": "2026-12-01"}
            answer, queries["look"] = ask(client, pages["post_hand_over"], **move, _look="1")
            assert answer.context["found"]
            counts.append({name: len(asked) for name, asked in queries.items()})

    assert counts[0] == counts[1]


def test_a_case_asks_as_often_for_300_events_messages_and_files_as_for_3():
    """On the page of the office, and on those of the applicant."""
    with time_machine.travel(cases.NOW, tick=False):
        rows = Rows(county())
        agency = rows.place.agency
        owner = factories.user()
        desk = funding.staff(agency, Role.CASEWORKER)
        case = cases.twice_sent(cases.open_call(agency), owner, desk)
        office, applicant = staff(rows, Role.CASEWORKER), entered(owner.email)
        pages = {
            reverse("admin:projects_application_change", args=[case.pk]): office,
            reverse("projects:application", args=[case.uuid]): applicant,
            reverse("projects:people", args=[case.uuid]): applicant,
        }
        counts = []
        for first, last in ((0, FEW), (FEW, MANY)):
            for n in range(first, last):
                user = factories.user()
                role = Contributor.Role.EDITOR
                Contributor.objects.create(
                    application=case, user=user, role=role, joined_at=cases.NOW
                )
                for row in of_a_case(case, n + 100, user):
                    row.save()
            counts.append({page: len(ask(client, page)[1]) for page, client in pages.items()})
        assert Message.objects.filter(application=case).count() >= MANY

    assert counts[0] == counts[1]


def test_one_s_own_list_asks_as_often_for_60_applications_as_for_3():
    with time_machine.travel(WHEN, tick=False):
        rows = Rows(county())
        owner = factories.user()
        client, address = entered(owner.email), reverse("projects:own_applications")
        counts = []
        for number in (3, 57):
            rows.fill(number)
            for case in rows.of[Application][-number:]:
                case.contributors.create(user=owner, joined_at=WHEN)
            answer, queries = ask(client, address)
            counts.append(len(queries))
        assert rows.of[Application][0].reference in answer.text

    assert counts[0] == counts[1]
