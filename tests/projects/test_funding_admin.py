"""Programmes, rules and calls in the administration: who changes what, and what it says."""

import datetime as dt
import re
from dataclasses import dataclass
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from projects import rule_versions
from projects.models import Call, CallNotice, Programme, RuleSet
from projects.states import CallState
from projects.terms import CostKind, DeclarationKey, MeasureKind
from tests import factories
from tests.contacts.county import County, county
from tests.projects import factories as funding
from tests.projects.factories import CLOSES, NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
READERS = [role for role in Role if role is not Role.AGENCY_ADMIN]


@dataclass
class World:
    county: County
    programme: Programme
    rules: RuleSet
    call: Call
    boss: Client

    def client(self, role: Role, agency=None) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(funding.staff(agency or self.county.agency, role))
        return client


@pytest.fixture
def here() -> World:
    place = county()
    programme = funding.programme(place.agency, slug="mikroprojekte")
    rules = funding.rule_set(programme)
    world = World(place, programme, rules, funding.call(rules, slug="mp-2026"), Client())
    world.boss = world.client(Role.AGENCY_ADMIN)
    return world


@pytest.fixture(autouse=True)
def _on_a_morning_in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(row, step: str = "change") -> str:
    name = f"admin:projects_{row._meta.model_name}_{step}"
    return reverse(name, args=[row.pk])


def text_of(response) -> str:
    html = response.content.decode()
    html = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def fields_of(response) -> dict:
    """What the browser would send back of a form that nobody has touched."""
    form = response.context["adminform"].form
    sent = {}
    for bound in form:
        value, widget = bound.value(), bound.field.widget
        if bound.field.disabled or value is None or value is False or value == "":
            continue
        is_box = getattr(widget, "input_type", "") == "checkbox" and value is True
        sent[bound.html_name] = "on" if is_box else widget.format_value(value)
    return sent


def send(client: Client, row, **changes):
    """Change some fields of the form of `row`; None takes one away."""
    address = page_of(row)
    fields = fields_of(client.get(address)) | changes
    fields = {name: value for name, value in fields.items() if value is not None}
    return client.post(address, fields, follow=True)


# Who changes what ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", READERS)
def test_other_staff_read_and_change_nothing(here, role):
    client = here.client(role)
    for row in (here.programme, here.rules, here.call):
        page = client.get(page_of(row))
        assert page.status_code == 200
        assert "_save" not in page.content.decode()
        assert client.post(page_of(row), {"note": "x"}).status_code == 403
    text = text_of(client.get(page_of(here.rules)))
    assert "Excursion: €5,000.00" in text
    assert "I declare: true." in text
    assert "3 November 2026, 00:00" in text_of(client.get(page_of(here.call)))
    for step in ("announce", "resume", "move-end", "pause"):
        assert client.post(page_of(here.call, step)).status_code == 403
    assert Call.objects.get().state == CallState.OPEN


def test_what_belongs_to_another_agency_does_not_exist(here):
    client = here.client(Role.AGENCY_ADMIN, factories.agency("Fremde Stelle"))
    for row in (here.programme, here.rules, here.call):
        assert client.get(page_of(row)).status_code == 404
    assert client.post(page_of(here.call, "pause")).status_code == 404
    assert client.post(page_of(here.call, "take-back")).status_code == 404


# Rules --------------------------------------------------------------------------------------------


def test_a_change_of_rules_in_use_makes_the_next_version_and_says_so(here):
    assert "saving makes version 2" in text_of(here.boss.get(page_of(here.rules)))

    page = send(
        here.boss,
        here.rules,
        **{
            "ceiling_excursion": "2.500,50 €",
            "ceiling_meeting": None,
            "cost_catering": "on",
            "cost_ceiling_catering": "100",
            "minimum_cents": "250",
            "note": "Ausflüge bis 2.500,50 Euro",
            "_continue": "1",
        },
    )

    assert "This is now version 2." in text_of(page)
    new = RuleSet.objects.get(version=2)
    assert page.redirect_chain[-1][0] == page_of(new)
    assert here.programme.rule_sets.count() == 2
    before, after = rule_versions.content_of(here.rules), rule_versions.content_of(new)
    assert before.ceilings[MeasureKind.EXCURSION] == 5_000_00
    assert after.ceilings == {
        MeasureKind.LANGUAGE_COURSE: 1_000_00,
        MeasureKind.EXCURSION: 2_500_50,
    }
    assert after.cost_ceilings == before.cost_ceilings | {CostKind.CATERING: 100_00}
    assert after.declarations == before.declarations
    assert (new.minimum_cents, new.note) == (250_00, "Ausflüge bis 2.500,50 Euro")
    assert Call.objects.get().rule_set == here.rules
    old = here.boss.get(page_of(here.rules))
    assert "This is a former version" in text_of(old)
    assert "_save" not in old.content.decode()


def test_a_form_that_nobody_has_touched_makes_no_version(here):
    send(here.boss, here.rules)

    assert RuleSet.objects.count() == 1


def test_rules_that_nobody_relies_on_are_changed_in_place(here):
    Call.objects.all().delete()

    send(here.boss, here.rules, proof_weeks="6")

    assert RuleSet.objects.get().proof_weeks == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ceiling_excursion": "1,234"}, "It is not clear whether the comma"),
        ({"ceiling_excursion": "-5"}, "without a minus"),
        ({"ceiling_excursion": "zwölf"}, "Enter an amount, such as"),
        ({"ceiling_excursion": "0"}, "Enter at least"),
        (
            {f"ceiling_{kind}": None for kind in ("language-course", "meeting", "excursion")},
            "at least one kind of project",
        ),
        ({f"cost_{kind}": None for kind in ("fees", "material", "rent")}, "one kind of costs"),
        ({"minimum_cents": "6000"}, "more than the highest grant"),
        ({"applicant_types": None}, "Tick who may apply"),
        ({"applicant_types": ["private"], "partner_types": ["welfare"]}, "Tick only who may apply"),
        ({"text_true_de": None}, "Write the German text, too"),
        ({"own_share_percent": "101"}, "at most 100 percent"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_told_and_what_was_typed_is_kept(here, changes, message):
    page = send(here.boss, here.rules, note="Bleibt stehen", **changes)

    assert message in text_of(page)
    assert 'value="Bleibt stehen"' in page.content.decode()
    for value in changes.values():
        if isinstance(value, str):
            assert f'value="{value}"' in page.content.decode()
    assert RuleSet.objects.count() == 1


def test_of_two_editors_of_unused_rules_none_loses_what_they_have_added(here):
    Call.objects.all().delete()
    address = page_of(here.rules)
    first, second = (fields_of(here.boss.get(address)) for _number in range(2))
    here.boss.post(address, first | {"text_logo_de": "Ich nenne die Geldgeber."})

    here.boss.post(address, second | {"ceiling_festival": "300"})

    content = rule_versions.content_of(RuleSet.objects.get())
    assert content.declarations["logo", "de"] == "Ich nenne die Geldgeber."
    assert content.ceilings[MeasureKind.FESTIVAL] == 300_00


def test_of_two_editors_the_second_sees_that_there_is_a_newer_version(here):
    address = page_of(here.rules)
    fields = fields_of(here.boss.get(address))
    send(here.boss, here.rules, proof_weeks="6")

    page = here.boss.post(address, fields | {"proof_weeks": "4"}, follow=True)

    assert page.status_code == 403  # it is a former version by now, and only read
    assert RuleSet.objects.count() == 2


def test_the_first_rules_of_a_programme_are_written_in_one_form(here):
    fresh = funding.programme(here.county.agency, slug="feste", name="Feste")
    assert "Write the rules" in text_of(here.boss.get(page_of(fresh)))
    add = reverse("admin:projects_ruleset_add")
    page = here.boss.get(f"{add}?programme={fresh.pk}")
    choices = [pk for pk, _label in page.context["adminform"].form.fields["programme"].choices]
    assert str(here.programme.pk) not in map(str, choices)  # it has rules already

    fields = fields_of(page) | {
        "ceiling_festival": "300",
        "cost_rent": "on",
        "text_true_de": "Alles stimmt.",
        "_save": "1",
    }
    here.boss.post(add, fields)

    rules = fresh.rule_sets.get()
    assert rules.version == 1
    assert rule_versions.content_of(rules).ceilings == {MeasureKind.FESTIVAL: 300_00}
    assert rules.declarations.get().key == DeclarationKey.TRUE


# Calls --------------------------------------------------------------------------------------------


def test_a_call_is_written_announced_and_public(here, client):
    add = reverse("admin:projects_call_add")
    fields = fields_of(here.boss.get(add)) | {
        "title": "Mikroprojekte 2027",
        "slug": "mp-2027",
        "rule_set": here.rules.pk,
        "budget_year": "2027",
        "opens_on": "2026-05-01",
        "closes_on": "2027-10-29",
        "closes_time": "12:00",
        "measures_from": "2027-01-01",
        "measures_until": "2027-12-31",
        "_continue": "1",
    }
    page = here.boss.post(add, fields, follow=True)
    call = Call.objects.get(slug="mp-2027")
    assert call.opens_at.isoformat() == "2026-04-30T22:00:00+00:00"
    assert call.closes_at.isoformat() == "2027-10-29T10:00:00+00:00"
    assert "Announce" in text_of(page)
    assert "Mikroprojekte 2027" not in text_of(client.get("/de/foerderung/"))

    page = here.boss.post(page_of(call, "announce"), follow=True)

    assert "The call is public now." in text_of(page)
    assert "State: Open" in text_of(page)
    assert "Mikroprojekte 2027" in text_of(client.get("/de/foerderung/"))
    who = [(row.state, row.history_user is not None) for row in call.history.all()]
    assert who == [("open", False), ("announced", True), ("draft", True)]


@pytest.mark.parametrize(
    ("last_day", "words", "better"),
    [
        ("2026-10-31", "is a public holiday (Reformation Day)", "2026-11-02"),
        ("2026-11-18", "is a public holiday (Repentance and Prayer Day)", "2026-11-19"),
        ("2026-10-25", "is on a weekend", "2026-10-26"),
        ("2026-11-02", "", ""),
    ],
)
def test_a_last_day_on_which_nobody_works_is_warned_of_and_moved_by_one_button(
    here, last_day, words, better
):
    page = send(here.boss, here.call, closes_on=last_day, _continue="1")

    if not words:
        assert "next working day" not in text_of(page)
        return
    assert text_of(page).count(words) == 2  # as a message, and on the page
    assert page_of(here.call, "move-end") in page.content.decode()
    page = here.boss.post(page_of(here.call, "move-end"), follow=True)
    assert words not in text_of(page)
    call = Call.objects.get()
    form = page.context["adminform"].form
    assert form["closes_on"].value().isoformat() == better
    assert call.closes_at.astimezone(dt.UTC).time() == dt.time(23)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"closes_on": "2025-12-31"}, "closes before it opens"),
        ({"closes_on": "2026-05-03"}, "This day has passed"),
        ({"closes_on": "9999-12-31"}, "Choose an earlier day"),
        ({"closes_on": "2026-10-25", "closes_time": "02:30"}, "the clocks change"),
        ({"closes_on": "2027-03-28", "closes_time": "02:30"}, "the clocks change"),
        ({"closes_on": ""}, "This field is required"),
        ({"measures_until": "2025-12-31"}, "The first day lies before the last one"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(here, changes, message):
    page = send(here.boss, here.call, **changes)

    assert message in text_of(page)
    assert Call.objects.get().closes_at == CLOSES


def test_what_has_opened_keeps_its_beginning_its_rules_and_its_address(here):
    newer = funding.rule_set(here.programme)

    send(
        here.boss,
        here.call,
        opens_on="2026-02-02",
        rule_set=str(newer.pk),
        slug="anders",
        title="Neuer Titel",
    )

    call = Call.objects.get()
    assert str(call) == "Neuer Titel"
    assert (call.rule_set, call.slug) == (here.rules, "mp-2026")
    assert call.opens_at == here.call.opens_at


def test_a_coming_call_gets_the_newest_rules_by_a_button(here):
    coming = funding.call(here.rules, state="announced", opens_at=NOW + DAY)
    newer = funding.rule_set(here.programme)
    assert "Use the newest rules" in text_of(here.boss.get(page_of(coming)))
    assert "Use the newest rules" not in text_of(here.boss.get(page_of(here.call)))

    here.boss.post(page_of(coming, "newest-rules"))
    refused = here.boss.post(page_of(here.call, "newest-rules"), follow=True)

    assert Call.objects.get(pk=coming.pk).rule_set == newer
    assert "promised to the applicants" in text_of(refused)


def test_a_pause_asks_for_a_reason_that_the_public_then_reads(here, client):
    page = here.boss.post(page_of(here.call, "pause"), {"reason_en": "Money"})
    assert "Say why: the public reads it." in text_of(page)
    assert ">Money</textarea>" in page.content.decode().replace("\n", "")

    page = here.boss.post(
        page_of(here.call, "pause"), {"reason_de": "Das Geld fehlt."}, follow=True
    )

    assert "The call is paused." in text_of(page)
    assert "Das Geld fehlt." in text_of(client.get("/de/foerderung/mikroprojekte/"))
    assert CallNotice.objects.get().event == "paused"
    changed = send(here.boss, here.call, pause_reason="Es fehlt noch Geld.")
    assert changed.status_code == 200
    assert "Es fehlt noch Geld." in text_of(client.get("/de/foerderung/mikroprojekte/"))

    page = here.boss.post(page_of(here.call, "resume"), follow=True)
    assert "The call goes on." in text_of(page)
    assert "fehlt" not in text_of(client.get("/de/foerderung/mikroprojekte/"))


def test_a_step_that_cannot_be_taken_is_refused_in_words(here):
    page = here.boss.post(page_of(here.call, "take-back"), follow=True)

    assert "that step cannot be taken now" in text_of(page)
    assert Call.objects.get().state == CallState.OPEN


def test_only_drafts_are_deleted(here):
    draft = funding.call(here.rules, state=CallState.DRAFT)

    assert here.boss.get(page_of(here.call, "delete")).status_code == 403
    assert here.boss.post(page_of(draft, "delete"), {"post": "yes"}).status_code == 302
    assert Call.objects.get() == here.call


def test_texts_are_written_in_each_language_behind_a_tab(here):
    page = here.boss.get(f"{page_of(here.call)}?language=en")
    assert "Deutsch" in text_of(page)

    here.boss.post(
        f"{page_of(here.call)}?language=en", fields_of(page) | {"title": "Microprojects 2026"}
    )

    titles = {text.language_code: text.title for text in here.call.translations.all()}
    assert titles == {"de": "Mikroprojekte 2026", "en": "Microprojects 2026"}


# Programmes ---------------------------------------------------------------------------------------


def test_a_programme_is_written_and_its_key_and_prefix_stay(here):
    add = reverse("admin:projects_programme_add")
    fields = fields_of(here.boss.get(add)) | {"name": "Feste", "slug": "feste", "prefix": "NF"}
    assert fields["agency"] == str(here.county.agency.pk)
    here.boss.post(add, fields)
    programme = Programme.objects.get(slug="feste")

    send(here.boss, programme, slug="anders", prefix="XX", email="feste@example.org")

    programme.refresh_from_db()
    assert (programme.slug, programme.prefix, programme.email) == (
        "feste",
        "NF",
        "feste@example.org",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"slug": "pruefen"}, "address of another page"),
        ({"prefix": "mp"}, "Two to four capital letters"),
        ({"slug": "mikroprojekte"}, "already exists"),
    ],
)
def test_a_key_that_cannot_be_is_refused(here, changes, message):
    add = reverse("admin:projects_programme_add")
    fields = fields_of(here.boss.get(add)) | {"name": "Feste", "slug": "feste"} | changes

    assert message in text_of(here.boss.post(add, fields))
    assert Programme.objects.count() == 1


def test_an_earlier_text_of_a_programme_comes_back_from_its_history(here):
    send(here.boss, here.programme, name="Falscher Name")
    page = here.boss.get(page_of(here.programme, "history"))
    assert "Falscher Name" in text_of(page)

    restore = re.search(r'action="([^"]+programmetranslation[^"]+)"', page.content.decode())
    here.boss.post(restore[1])

    here.programme.refresh_from_db()
    assert str(Programme.objects.get()) == "Mikroprojekte"
