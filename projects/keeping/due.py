"""Which cases have to be erased on a day, and by which rule.

A duty to keep ends with its last day (local, inclusive); on the day after, the case is due. Source:
docs/grants.md, "Keeping and erasing"; the years stand in the rule set of the case.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from contacts.working_days import plus_months
from portal import clock
from projects import deliveries
from projects.calendar import last_day, start_of_day
from projects.models import Application, LatePermit
from projects.standing import has_open_objection
from projects.states import ApplicationState, GrantState

S = ApplicationState
DRAFT_DAYS = dt.timedelta(days=90)  # after the call has closed


class Rule(StrEnum):
    """By which rule a case is erased; written into its seal."""

    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    GRANT = "grant"


@dataclass(frozen=True)
class Duty:
    """Why a case is kept, and the last day of it."""

    rule: Rule
    until: dt.date


def duty_of(application: Application) -> Duty | None:
    """How long `application` is kept; None while nobody knows, since its procedure goes on."""
    state = S(application.state)
    if application.submitted_at is None:
        return Duty(Rule.DRAFT, _end_of_call(application) + DRAFT_DAYS)
    if state == S.WITHDRAWN:
        left_on = clock.local(application.changed_at).date()
        return Duty(Rule.WITHDRAWN, _years(left_on, application.rule_set.keep_refused_years))
    if state == S.REJECTED:
        final_on = deliveries.finality_of(application)
        if final_on is None or has_open_objection(application):
            return None
        return Duty(Rule.REFUSED, _years(final_on, application.rule_set.keep_refused_years))
    if state == S.APPROVED and application.grant.state == GrantState.CLOSED:
        if has_open_objection(application):  # one that came late
            return None
        closed_on = clock.local(application.grant.closed_at).date()
        return Duty(Rule.GRANT, _years(closed_on, application.rule_set.keep_grants_years))
    return None


def due(on: dt.date) -> Iterator[tuple[Application, Duty]]:
    """The cases whose duty to be kept has ended before the local date `on`, oldest first."""
    for application in _candidates(on).iterator(chunk_size=200):
        duty = duty_of(application)
        if duty is not None and duty.until < on:
            yield application, duty


def _candidates(on: dt.date) -> QuerySet:
    """Those that may be due; which of them are is worked out one by one."""
    unsent = Q(submitted_at=None, call__closes_at__lt=start_of_day(on))
    ended = Q(state__in=[S.WITHDRAWN, S.REJECTED], submitted_at__isnull=False)
    closed = Q(grant__state=GrantState.CLOSED)
    rows = Application.objects.filter(unsent | ended | closed)
    return rows.select_related("call", "rule_set", "agency", "grant").order_by("pk")


def _end_of_call(application: Application) -> dt.date:
    """The last day on which it could be sent, a late permit included."""
    permit = LatePermit.objects.filter(application=application).first()
    ends = [application.call.closes_at, *([permit.until] if permit else [])]
    return last_day(max(ends))


def _years(day: dt.date, years: int) -> dt.date:
    return plus_months(day, 12 * years)
