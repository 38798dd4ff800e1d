"""The programmes of a bundled office (`funding.toml` in its folder), for `contacts.loading`.

The file is described in data/offices/README.md. Programmes and calls are loaded like the contacts:
what somebody has edited, or the clock has opened and closed, is left alone. A version of the rules
is written once and never again; other rules need the next number.

Days of a call may hang on the day of loading: `year_of_next = "10-31"` makes a year of the next 31
October, to which the others refer, so that a call that should be open is open whenever somebody
loads the file.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from django.db import transaction

from contacts.load_office import CONTENT_LANGUAGES
from contacts.loading import BadFileError, Record, Ref, Report, load
from contacts.models import Agency
from contacts.tables import read_toml
from contacts.working_days import next_working_day
from portal import clock
from projects import budget, rule_versions
from projects.budget import Kind
from projects.calendar import end_of_day, start_of_day
from projects.models import (
    Budget,
    Call,
    CallTranslation,
    Programme,
    ProgrammeTranslation,
    RuleSet,
)
from projects.rule_versions import RuleContent
from projects.states import CallState
from projects.terms import (
    ApplicantType,
    CostKind,
    DeclarationKey,
    FundingKind,
    MeasureKind,
    StartRule,
)

LINES = ("examples", "applicants", "not_funded", "papers")
LETTER_TEXTS = ("authority", "repayment_account")  # lists of lines
NUMBERS = (
    "own_share_percent",
    "answer_days",
    "proof_weeks",
    "advance_months",
    "deviation_percent",
    "receipts_years",
    "keep_refused_years",
    "keep_grants_years",
)


def load_funding(folder: Path, *, now: dt.datetime) -> Report:
    """Load `funding.toml` of an office that has been loaded before, all or nothing.

    Returns what was done; nothing where the folder has no such file. Raises BadFileError.
    """
    if not (folder / "funding.toml").exists():
        return Report()
    return FundingFile(folder / "funding.toml", on=clock.today(now)).load(now=now)


class FundingFile:
    """Reads and checks one file; days hang on the local date `on`."""

    def __init__(self, path: Path, *, on: dt.date) -> None:
        self.path = path
        self.on = on
        self.content = read_toml(path)
        agency = Agency.objects.filter(slug=self.content.get("agency", "")).first()
        if agency is None:
            raise self.bad("agency names none that has been loaded.")
        self.agency = agency

    def bad(self, problem: str) -> BadFileError:
        return BadFileError(self.path, None, problem)

    def load(self, *, now: dt.datetime) -> Report:
        programmes = self.content.get("programme", [])
        with transaction.atomic():
            report = load(f"programmes:{self.agency.slug}", self._programmes(programmes))
            rules = {entry["key"]: self._rules(entry, report, now=now) for entry in programmes}
            for entry in programmes:
                for money in entry.get("budget", []):
                    self._budget(entry["key"], money, report, now=now)
            calls = [
                record
                for entry in programmes
                for call in entry.get("call", [])
                for record in self._call(call, rules[entry["key"]])
            ]
            _add(report, load(f"calls:{self.agency.slug}", _models_together(calls)))
        return report

    # Programmes ----------------------------------------------------------------------------------

    def _programmes(self, entries: list[dict]) -> list[Record]:
        found = []
        for entry in entries:
            key = self._needed(entry, "key")
            values = {
                "slug": key,
                "agency": self.agency.pk,
                "prefix": entry.get("prefix", "MP"),
                "email": entry.get("email", ""),
                "rank": entry.get("rank", 100),
            }
            found.append(Record(Programme, key, values, self.path, unique="slug"))
            for language in self._languages(entry, "name"):
                texts = {
                    name: entry.get(name, {}).get(language, "") for name in ("name", "summary")
                }
                texts |= {name: "\n".join(entry.get(name, {}).get(language, [])) for name in LINES}
                found.append(
                    self._translation(ProgrammeTranslation, Programme, key, language, texts)
                )
        return _models_together(found)

    def _rules(self, entry: dict, report: Report, *, now: dt.datetime) -> RuleSet:
        """The version of the rules that the file holds: made if it is missing, else left alone."""
        programme = Programme.objects.get(slug=entry["key"])
        rules = entry.get("rules", {})
        version = self._needed(rules, "version")
        content = self._rule_content(rules)
        name = f"{programme.slug} {version}"
        found = RuleSet.objects.filter(programme=programme, version=version).first()
        if found is None:
            report.add("created", RuleSet, [name])
            return rule_versions.insert(programme, version, content, by=None, now=now, note="")
        if rule_versions.content_of(found) == content:
            report.unchanged += 1
        else:
            report.add("edited", RuleSet, [name])
        return found

    def _rule_content(self, rules: dict) -> RuleContent:
        fields: dict[str, Any] = {
            name: [self._choice(ApplicantType, key) for key in rules.get(name, [])]
            for name in ("applicant_types", "partner_types")
        }
        fields["start_rule"] = self._choice(StartRule, self._needed(rules, "start_rule"))
        fields["minimum_cents"] = self._cents(rules.get("minimum", 0))
        fields["funding_kind"] = self._choice(FundingKind, self._needed(rules, "funding_kind"))
        fields["trifle_cents"] = self._cents(rules.get("trifle", 0))
        fields |= {name: bool(rules.get(name)) for name in ("pays_after_finality", "archive_first")}
        fields |= {name: "\n".join(rules.get(name, [])) for name in LETTER_TEXTS}
        fields |= {name: self._needed(rules, name) for name in NUMBERS}
        return RuleContent(
            fields=fields,
            ceilings={
                self._choice(MeasureKind, key): self._cents(euros)
                for key, euros in rules.get("ceilings", {}).items()
            },
            cost_ceilings={
                self._choice(CostKind, key): self._cents(euros) if euros else None
                for key, euros in rules.get("costs", {}).items()
            },
            declarations={
                (self._choice(DeclarationKey, key), language): texts[language]
                for key, texts in rules.get("declarations", {}).items()
                for language in texts
            },
        )

    def _budget(self, key: str, entry: dict, report: Report, *, now: dt.datetime) -> None:
        """The money of a year: booked where there is no such budget yet, else left alone."""
        programme = Programme.objects.get(slug=key)
        pot, made = Budget.objects.get_or_create(programme=programme, year=self._year(entry))
        if not made:
            report.unchanged += 1
            return
        for kind, name in ((Kind.ALLOCATION, "allocated"), (Kind.RELEASE, "released")):
            cents = self._cents(self._needed(entry, name))
            if cents:
                note = self._needed(entry, "note")
                budget.book(pot, kind, cents, by=None, now=now, note=note)
        report.add("created", Budget, [f"{key} {pot.year}"])

    # Calls ---------------------------------------------------------------------------------------

    def _call(self, entry: dict, rules: RuleSet) -> list[Record]:
        year = self._year(entry)
        key = self._needed(entry, "key").format(year=year)
        state = self._choice(CallState, entry.get("state", "draft"))
        last_day = self._day(entry, "closes", year)
        if entry["closes"].get("working_day"):
            last_day = next_working_day(last_day, self.agency.state)
        opens_at = start_of_day(self._day(entry, "opens", year))
        since = self._day(entry, "since", year) if "since" in entry else None
        values = {
            "slug": key,
            "rule_set": rules.pk,
            "budget_year": year,
            "state": state,
            "state_since": start_of_day(since) if since else opens_at,
            "opens_at": opens_at,
            "closes_at": end_of_day(last_day),
            "measures_from": self._day(entry, "measures_from", year),
            "measures_until": self._day(entry, "measures_until", year),
        }
        found = [Record(Call, key, values, self.path, unique="slug")]
        for language in self._languages(entry, "title"):
            texts = {
                name: entry.get(name, {}).get(language, "").format(year=year)
                for name in ("title", "note", "pause_reason")
            }
            found.append(self._translation(CallTranslation, Call, key, language, texts))
        return found

    def _year(self, entry: dict) -> int:
        """The year of the next such day, today included."""
        month, day = self._month_and_day(self._needed(entry, "year_of_next"))
        this = dt.date(self.on.year, month, day)
        return this.year if this >= self.on else this.year + 1

    def _day(self, entry: dict, name: str, year: int) -> dt.date:
        """A day such as `{ year = -1, day = "11-01" }`: of the year before that of the call."""
        written = self._needed(entry, name)
        month, day = self._month_and_day(self._needed(written, "day"))
        return dt.date(year + written.get("year", 0), month, day)

    # Values --------------------------------------------------------------------------------------

    def _needed(self, table: dict, name: str) -> Any:
        if table.get(name) in (None, ""):
            raise self.bad(f"{name} is missing.")
        return table[name]

    def _choice(self, choices, value: str):
        if value not in choices.values:
            raise self.bad(f"“{value}” is none of {', '.join(choices.values)}.")
        return choices(value).value

    def _cents(self, euros) -> int:
        if not isinstance(euros, int) or euros < 0:
            raise self.bad(f"“{euros}” is no whole number of euros.")
        return euros * 100

    def _month_and_day(self, text: str) -> tuple[int, int]:
        try:
            day = dt.date.fromisoformat(f"2026-{text}")
        except ValueError:
            raise self.bad(f"“{text}” is no day of every year (MM-DD).") from None
        return day.month, day.day

    def _languages(self, entry: dict, name: str) -> list[str]:
        texts = entry.get(name, {})
        if not texts.get(CONTENT_LANGUAGES[0]):
            raise self.bad(f"{name} has no text in {CONTENT_LANGUAGES[0]}.")
        return [language for language in CONTENT_LANGUAGES if texts.get(language)]

    def _translation(self, model, of, key: str, language: str, texts: dict) -> Record:
        values = {"master": Ref(of, key), "language_code": language, **texts}
        return Record(model, f"{key} {language}", values, self.path)


def _models_together(records: list[Record]) -> list[Record]:
    """The rows of one model after the other, as the loader writes them."""
    order = list(dict.fromkeys(record.model for record in records))
    return sorted(records, key=lambda record: order.index(record.model))


def _add(report: Report, other: Report) -> None:
    for kind in ("created", "updated", "edited", "no_longer_named"):
        for model, keys in getattr(other, kind).items():
            getattr(report, kind).setdefault(model, []).extend(keys)
    report.unchanged += other.unchanged
