"""The bundled programme: an open call whenever it is loaded, and nobody's edit lost."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from contacts.loading import BadFileError
from portal import clock
from projects import budget, calls, rule_versions
from projects.load_funding import load_funding
from projects.models import Budget, Call, Programme, RuleSet
from projects.rules import rules_of
from projects.states import CallState
from projects.terms import ApplicantType, CostKind, DeclarationKey, MeasureKind
from tests.contacts.county import County, county
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "data" / "offices" / "landkreis-leipzig"
NOW = dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)
OFF = {DeclarationKey.SUBSIDY, DeclarationKey.MINORS, DeclarationKey.PAY}


@pytest.fixture
def here() -> County:
    return county()


def test_the_county_s_programme_is_loaded_with_its_ceilings_and_declarations(here):
    report = load_funding(FOLDER, now=NOW)

    programme = Programme.objects.get()
    rules = rules_of(programme.rule_sets.get().pk)
    assert programme.email == "mikroprojekte-kfi@lk-l.de"
    sums = budget.sums_of(Budget.objects.get())
    assert (sums.allocated, sums.released, sums.free) == (4_000_000, 2_000_000, 2_000_000)
    assert rules.ceilings[MeasureKind.LANGUAGE_COURSE] == 1_000_00
    assert {cents for kind, cents in rules.ceilings.items() if kind != "language-course"} == {
        5_000_00
    }
    assert rules.applicant_types == set(ApplicantType)
    assert ApplicantType.ASSOCIATION not in rules.partner_types
    assert rules.declarations.keys() == set(DeclarationKey) - OFF
    assert {CostKind.STAFF, CostKind.CATERING}.isdisjoint(rules.cost_ceilings)
    for text in rules.declarations.values():
        assert text.versions.keys() == {"de", "en"}
        assert all(text.versions.values())
    assert report.count("created") == 1 + 2 + 1 + 1 + 2 + 4  # programme, rules, budget, calls


@pytest.mark.parametrize(
    ("on", "closes"),
    [
        ("2026-01-01", "2026-11-02"),
        ("2026-10-31", "2026-11-02"),  # a holiday and a Saturday
        ("2026-11-01", "2027-11-01"),  # the 31st is a Sunday
        ("2027-02-01", "2027-11-01"),
        ("2028-02-29", "2028-11-01"),
        ("2025-07-15", "2025-11-03"),
    ],
)
def test_whenever_it_is_loaded_one_call_is_open_and_one_is_paused(here, on, closes):
    now = dt.datetime.combine(dt.date.fromisoformat(on), dt.time(0, 30), dt.UTC)

    load_funding(FOLDER, now=now)

    every = {call.state_at(now): call for call in Call.objects.all()}
    assert set(every) == {CallState.OPEN, CallState.PAUSED}
    opened, paused = every[CallState.OPEN], every[CallState.PAUSED]
    last = clock.today(opened.closes_at - dt.timedelta(seconds=1))
    assert last.isoformat() == closes
    assert clock.local(opened.closes_at).time() == dt.time()
    assert paused.state_since <= now
    for language in ("de", "en"):
        text = paused.translations.get(language_code=language)
        assert text.pause_reason
        assert str(paused.budget_year) in text.title


def test_a_second_run_changes_nothing_on_the_same_day_and_on_any_other(here):
    load_funding(FOLDER, now=NOW)

    for later in (NOW, NOW + dt.timedelta(days=100)):
        report = load_funding(FOLDER, now=later)
        assert [report.count(kind) for kind in ("created", "updated", "edited")] == [0, 0, 0]
    assert Call.objects.count() == 2


def test_next_year_s_calls_come_and_this_year_s_stay(here):
    load_funding(FOLDER, now=NOW)

    report = load_funding(FOLDER, now=NOW + dt.timedelta(days=366))

    assert report.created == {
        "budget": ["mikroprojekte-landkreis-leipzig 2027"],
        "call": [
            "mikroprojekte-landkreis-leipzig-2027",
            "fruehstart-landkreis-leipzig-2028",
        ],
        "calltranslation": [
            f"{name}-landkreis-leipzig-{year} {language}"
            for name, year in (("mikroprojekte", 2027), ("fruehstart", 2028))
            for language in ("de", "en")
        ],
    }
    assert Call.objects.count() == 4
    assert RuleSet.objects.count() == 1


def test_what_was_edited_paused_and_versioned_is_left_alone(here):
    load_funding(FOLDER, now=NOW)
    boss = funding.staff(here.agency)
    call = Call.objects.get(state=CallState.OPEN)
    calls.pause(call, reasons={"de": "Haushaltssperre"}, by=boss, now=NOW)
    programme = Programme.objects.language("de").get()
    programme.name = "Kleine Projekte"
    programme.save()
    content = rule_versions.content_of(call.rule_set)
    stricter = rule_versions.RuleContent(
        {**content.fields, "own_share_percent": 10},
        content.ceilings,
        content.cost_ceilings,
        content.declarations,
    )
    rule_versions.save(call.rule_set, stricter, by=boss, now=NOW)

    report = load_funding(FOLDER, now=NOW)

    assert report.count("edited") == 3  # the call, its German text, the programme's German text
    assert report.count("created") == report.count("updated") == 0
    call.refresh_from_db()
    assert call.state == CallState.PAUSED
    assert [rules.version for rules in RuleSet.objects.all()] == [2, 1]


def test_rules_that_were_changed_in_place_are_named_and_left_alone(here):
    load_funding(FOLDER, now=NOW)
    Call.objects.all().delete()
    rules = RuleSet.objects.get()
    rules.proof_weeks = 2
    rules.save()

    report = load_funding(FOLDER, now=NOW)

    assert report.edited["ruleset"] == ["mikroprojekte-landkreis-leipzig 1"]
    assert RuleSet.objects.get().proof_weeks == 2


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('agency = "landkreis-leipzig"', 'agency = "nirgendwo"', "agency names none"),
        ('"initiative",', '"initiatives",', "“initiatives” is none of initiative"),
        ("festival = 5000", "festival = 50.5", "no whole number of euros"),
        ('year_of_next = "10-31"', 'year_of_next = "10-32"', "no day of every year"),
        ('state = "open"', 'state = "offen"', "“offen” is none of draft"),
        ("proof_weeks = 8", "", "proof_weeks is missing"),
        ('prefix = "MP"', 'prefix = "mp"', "the database refuses this row"),
        ('de = "Mikroprojekte"', "", "name has no text in de"),
        ("[programme.name]", "[programme.name", "funding.toml"),
    ],
)
def test_a_mistake_in_the_file_is_named_and_nothing_is_changed(
    here, tmp_path: Path, before, after, problem
):
    text = (FOLDER / "funding.toml").read_text()
    assert before in text
    (tmp_path / "funding.toml").write_text(text.replace(before, after, 1))

    with pytest.raises(BadFileError, match="(?s)" + problem):
        load_funding(tmp_path, now=NOW)
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("load_funding", tmp_path)

    assert not Programme.objects.exists()


def test_an_office_without_programmes_has_nothing_to_load(here, tmp_path: Path, capsys):
    call_command("load_funding", tmp_path)

    assert "0 created" in capsys.readouterr().out
