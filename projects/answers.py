"""Everything that was typed into one application, read as a whole: what is done, what is missing.

`Answers` reads; it writes nothing. `frozen` is what a version keeps for ever.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import override
from parler.models import TranslatableModel

from contacts.snapshot import Snapshot
from projects.models import Application, Call
from projects.plan import Plan, objections, plan_of
from projects.rules import Rules, rules_of
from projects.sections import (
    ABOUT,
    COSTS,
    FINANCING,
    PARTNERS,
    SCHEDULE,
    SECTIONS,
    Basis,
    BoundSection,
    Section,
)
from projects.sections.base import Raw
from projects.sections.reading import answers_of
from projects.sections.schedule import lasts_one_day

FORMAT = 1  # of a frozen content; a reader of old versions looks at it
OFFICIAL = "de"


@dataclass(frozen=True)
class Problem:
    """Something that keeps an application from being sent: where, and what to do.

    `field` is the id of the field, "" for the section as a whole.
    """

    section: str
    field: str
    message: str


class Answers:
    """The sections of one application, bound when somebody asks for them."""

    def __init__(
        self, raw: Mapping[str, Raw], *, rules: Rules, call: Call, on: dt.date, snapshot: Snapshot
    ) -> None:
        self.raw = raw
        self.rules = rules
        empty = Basis(
            rules=rules,
            first_day=call.measures_from,
            last_day=call.measures_until,
            on=on,
            snapshot=snapshot,
        )
        about = BoundSection(ABOUT, self.raw_of(ABOUT), basis=empty).values
        schedule = BoundSection(SCHEDULE, self.raw_of(SCHEDULE), basis=empty).values
        self.basis = replace(
            empty,
            applicant_type=about.get("applicant_type") or "",
            measure_kind=about.get("measure_kind") or "",
            lasts_one_day=lasts_one_day(schedule.get("starts_on"), schedule.get("ends_on")),
        )

    def raw_of(self, section: Section) -> Raw:
        return self.raw.get(section.slug, {})

    @cached_property
    def sections(self) -> list[Section]:
        """Those that are asked of this applicant, in their order."""
        return [section for section in SECTIONS if section.asked(self.basis)]

    def bound(self, section: Section, *, is_final: bool = False, spare: int = 0) -> BoundSection:
        return BoundSection(
            section, self.raw_of(section), basis=self.basis, is_final=is_final, spare=spare
        )

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.bound(COSTS), self.bound(FINANCING))

    @cached_property
    def places(self) -> list[dict]:
        """The places that could be read, each with its key, its name and whether it is covered."""
        rows = self.bound(SCHEDULE).values["places"]
        return [row["place"] for row in rows if isinstance(row.get("place"), dict)]

    def is_begun(self, section: Section) -> bool:
        return bool(self.raw_of(section))

    @cached_property
    def problems(self) -> list[Problem]:
        """What is missing or wrong, in the order of the form; nothing when it can be sent."""
        found = []
        for section in self.sections:
            bound = self.bound(section, is_final=True)
            found += [Problem(section.slug, target, text) for target, text in bound.summary]
            found += [Problem(section.slug, "", text) for text in self._of_the_whole(section)]
        return found

    def problems_of(self, section: Section) -> list[Problem]:
        return [problem for problem in self.problems if problem.section == section.slug]

    def _of_the_whole(self, section: Section) -> list[str]:
        """What no single field can know."""
        if section is SCHEDULE:
            return self._missing_place()
        if section is PARTNERS and not self.raw_of(PARTNERS).get("partners"):
            return [_("Name at least one partner.")]
        if section is COSTS and not self.raw_of(COSTS).get("costs"):
            return [_("Enter at least one line of costs.")]
        if section is FINANCING and self.raw_of(COSTS).get("costs"):
            return objections(self.plan, self.rules, self.basis.measure_kind)
        return []

    def _missing_place(self) -> list[str]:
        rows = self.raw_of(SCHEDULE).get("places")
        if not rows:
            return [_("Name at least one place.")]
        if self.places and not any(place["is_covered"] for place in self.places):
            return [_("At least one place has to lie in the county that gives the money.")]
        return []


def answers_to(application: Application, *, on: dt.date, snapshot: Snapshot) -> Answers:
    """What was typed into `application` so far, as of the local date `on`."""
    raw = {row.section: row.answers for row in application.sections.all()}
    return Answers(
        raw,
        rules=rules_of(application.rule_set_id),
        call=application.call,
        on=on,
        snapshot=snapshot,
    )


def frozen(answers: Answers, application: Application) -> dict:
    """What a version keeps: every answer and its question, in German and their language.

    Amounts are cents, dates ISO texts; `typed` is what was typed, to go back to it. Two versions of
    the same answers are equal.
    """
    language = application.language
    languages = list(dict.fromkeys((OFFICIAL, language)))
    plan = answers.plan
    return {
        "format": FORMAT,
        "languages": languages,
        "about": _names(application),
        "sections": [
            frozen_section(answers.bound(section), languages) for section in answers.sections
        ],
        "plan": {
            "costs_cents": plan.costs_cents,
            "other_cents": plan.other_cents,
            "requested_cents": plan.requested_cents,
        },
        "places": answers.places,
        "typed": {section.slug: answers.raw_of(section) for section in answers.sections},
        "attachments": [
            {"uuid": str(row.uuid), "name": row.name, "size": row.size, "digest": row.digest}
            for row in application.attachments.filter(removed_at=None)
        ],
    }


def _names(application: Application) -> dict[str, str]:
    """To whom the application goes, in German, whatever language its rows were read in."""

    def named(row: TranslatableModel, field: str) -> str:
        return row.safe_translation_getter(field, language_code=OFFICIAL, any_language=True) or ""

    return {
        "agency": named(application.agency, "name"),
        "programme": named(application.call.programme, "name"),
        "call": named(application.call, "title"),
        "rule_set": application.rule_set.version,
    }


def frozen_section(bound: BoundSection, languages: list[str]) -> dict:
    """A section as a version keeps it: its values, and question and answer per language.

    Words depend on the language in which the section is read, so each reading binds it anew.
    """
    section = bound.section
    per_language = {}
    for code in languages:
        with override(code):
            read = answers_of(bound.anew())
            per_language[code] = {"title": str(section.title), **read.as_texts()}
    first = per_language[languages[0]]
    return {
        "slug": section.slug,
        "values": first.pop("values"),
        "texts": {
            code: {key: value for key, value in texts.items() if key != "values"}
            for code, texts in per_language.items()
        },
    }


def digest_of(content: dict) -> str:
    """The SHA-256 of a frozen content in its one canonical form."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
