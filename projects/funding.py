"""Programmes and calls as the public pages show them: frozen, without a query.

One `Funding` holds everything public of one data version, as `contacts.snapshot` does for the
contacts, to whose agencies it refers. Instants are UTC, `closes_at` is the first one that is too
late; dates are local and inclusive.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts
from projects.calendar import last_day
from projects.models import Call, Programme
from projects.models.calls import TAKING, state_at
from projects.rules import Rules, every_rule_set
from projects.states import CallState

PUBLIC = AnonymousUser()
# What stands first where several calls are shown.
ORDER = (CallState.OPEN, CallState.PAUSED, CallState.ANNOUNCED, CallState.CLOSED)


@dataclass(frozen=True, eq=False)
class CallView:
    """A call that has been announced. `state_since` counts only while the job has its say."""

    id: int
    slug: str
    programme_slug: str
    title: Text
    note: Text
    pause_reason: Text
    state: str
    state_since: dt.datetime | None
    opens_at: dt.datetime
    closes_at: dt.datetime
    measures_from: dt.date
    measures_until: dt.date
    budget_year: int
    rules: Rules

    def state_at(self, now: dt.datetime) -> CallState:
        return state_at(self.state, self.opens_at, self.closes_at, now)

    def takes_applications(self, now: dt.datetime) -> bool:
        return self.state_at(now) in TAKING

    @property
    def last_day(self) -> dt.date:
        """The local day on which applications are taken for the last time."""
        return last_day(self.closes_at)

    def get_absolute_url(self) -> str:
        return f"{reverse('projects:programme', args=[self.programme_slug])}#{self.slug}"


@dataclass(frozen=True, eq=False)
class ProgrammeView:
    """A programme with its calls, the one that closes last in front."""

    id: int
    slug: str
    agency: AgencyView
    name: Text
    summary: Text
    examples: Text
    applicants: Text
    not_funded: Text
    papers: Text
    email: str
    ended_on: dt.date | None
    calls: tuple[CallView, ...] = field(repr=False)

    def is_over(self, on: dt.date) -> bool:
        return self.agency.is_finished(on) or (self.ended_on is not None and self.ended_on < on)

    def current_calls(self, now: dt.datetime) -> list[CallView]:
        """What is open, paused or coming at the instant `now`, in this order."""
        current = [call for call in self.calls if call.state_at(now) != CallState.CLOSED]
        return sorted(current, key=lambda call: (ORDER.index(call.state_at(now)), call.closes_at))

    def call_to_show(self, now: dt.datetime) -> CallView | None:
        """The call whose rules the page explains: a current one, else the last that was."""
        current = self.current_calls(now)
        return current[0] if current else next(iter(self.calls), None)

    def get_absolute_url(self) -> str:
        return reverse("projects:programme", args=[self.slug])


@dataclass(frozen=True)
class Funding:
    """Everything public of one data version, in the order of lists."""

    programmes: tuple[ProgrammeView, ...]

    def programme(self, slug: str) -> ProgrammeView | None:
        return next((p for p in self.programmes if p.slug == slug), None)

    def call(self, slug: str) -> CallView | None:
        return next((c for p in self.programmes for c in p.calls if c.slug == slug), None)

    def at_work(self, on: dt.date) -> list[ProgrammeView]:
        return [programme for programme in self.programmes if not programme.is_over(on)]

    def of_agency(self, agency: AgencyView, on: dt.date) -> list[ProgrammeView]:
        """The programmes of `agency` that are not over."""
        return [p for p in self.at_work(on) if p.agency.id == agency.id]

    def states(self, now: dt.datetime) -> tuple[str, ...]:
        """The state of every call: a page with calls says something else when one changes."""
        return tuple(c.state_at(now).value for p in self.programmes for c in p.calls)


def current(versions: Versions) -> Funding:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> Funding:
    agencies = contacts_of(versions).agencies
    calls = _calls(every_rule_set.at(versions))
    rows = Programme.objects.visible_to(PUBLIC).prefetch_related("translations")
    return Funding(tuple(_programme(row, agencies, calls.get(row.pk, ())) for row in rows))


def _calls(rules: Mapping[int, Rules]) -> dict[int, tuple[CallView, ...]]:
    """By programme."""
    found: dict[int, list[CallView]] = {}
    rows = Call.objects.visible_to(PUBLIC).select_related("rule_set__programme")
    for row in rows.prefetch_related("translations"):
        words = row.translations.all()
        call = CallView(
            id=row.pk,
            slug=row.slug,
            programme_slug=row.programme.slug,
            title=texts(words, "title"),
            note=texts(words, "note"),
            pause_reason=texts(words, "pause_reason"),
            state=row.state,
            state_since=row.state_since,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            measures_from=row.measures_from,
            measures_until=row.measures_until,
            budget_year=row.budget_year,
            rules=rules[row.rule_set_id],
        )
        found.setdefault(row.rule_set.programme_id, []).append(call)
    return {programme: tuple(calls) for programme, calls in found.items()}


def _programme(
    row: Programme, agencies: Mapping[int, AgencyView], calls: tuple[CallView, ...]
) -> ProgrammeView:
    words = row.translations.all()
    return ProgrammeView(
        id=row.pk,
        slug=row.slug,
        agency=agencies[row.agency_id],
        name=texts(words, "name"),
        summary=texts(words, "summary"),
        examples=texts(words, "examples"),
        applicants=texts(words, "applicants"),
        not_funded=texts(words, "not_funded"),
        papers=texts(words, "papers"),
        email=row.email,
        ended_on=row.ended_on,
        calls=calls,
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
