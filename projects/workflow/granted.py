"""What a recipient does with a grant as a whole: waive the objection, give it up; and more time.

Of what came on paper or by telephone, caseworkers enter what the recipient wrote.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, budget, events, mails, registry
from projects.events import Kind
from projects.models import Application, Delivery, Extension, Grant, LedgerEntry, Letter
from projects.standing import (
    BEFORE_PROOF,
    CHANGEABLE,
    due_on,
    has_open_objection,
    standing_of,
)
from projects.states import AMENDMENT_STEPS, GRANT_STEPS, Actor, AmendmentState, GrantState
from projects.workflow import paying
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, grant_of, locked, step

G = GrantState
LONGEST = dt.timedelta(days=366)  # that somebody gets, for whatever
DECISIONS = (Letter.Kind.GRANT, Letter.Kind.PARTIAL_GRANT)


@transaction.atomic
def waive(application: Application, *, by, now: dt.datetime) -> None:
    """Give up the objection: the grant is final at once, and money can be asked for.

    Raises RefusedError before the decision has been read, and while an objection is open.
    """
    case = locked(application)
    grant = grant_of(case)
    if grant.state != G.ANNOUNCED:
        raise RefusedError(MOVED_ON)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    if not is_read(case):
        raise RefusedError(_("Open the decision first: nobody gives up what they have not read."))
    if has_open_objection(case):
        raise RefusedError(_("There is an open objection. Withdraw it first."))
    final_on = clock.today(now)
    columns = {"waived_at": now, "final_on": final_on}
    actor = step(grant, GRANT_STEPS, G.FINAL, case=case, by=by, now=now, **columns)
    events.record(case, Kind.WAIVED, actor=actor, by=by, now=now, final_on=final_on.isoformat())
    registry.follow(grant)
    mails.objection_is_waived(case, now=now)


def is_read(case: Application) -> bool:
    """Whether the decision has been fetched, or is on its way by post."""
    rows = Delivery.objects.filter(letter__application=case, letter__kind__in=DECISIONS)
    return any(row.fetched_at or (row.way == Delivery.Way.POST and row.sent_on) for row in rows)


@transaction.atomic
def decline(application: Application, *, by, now: dt.datetime) -> int:
    """Give the grant up for good; returns how many cents go back to the pot.

    What was asked for and not ordered is refused, an open change ends. What was paid already has to
    come back, which is the next step of the office. Raises RefusedError while money is on its way.
    """
    case = locked(application)
    grant = grant_of(case)
    if grant.state not in CHANGEABLE:
        raise RefusedError(MOVED_ON)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    paying.stop(case, grant, now=now)
    for amendment in grant.amendments.filter(state=AmendmentState.REQUESTED):
        to = AmendmentState.WITHDRAWN
        step(amendment, AMENDMENT_STEPS, to, case=case, by=by, now=now)
    actor = step(grant, GRANT_STEPS, G.DECLINED, case=case, by=by, now=now)
    standing = standing_of(Grant.objects.get(pk=grant.pk))
    freed = standing.award - standing.paid
    if freed:
        budget.book(
            grant.budget,
            LedgerEntry.Kind.DECOMMITMENT,
            freed,
            by=by,
            now=now,
            application=case,
        )
    data = {"freed_cents": freed, "paid_cents": standing.paid}
    events.record(case, Kind.DECLINED, actor=actor, by=by, now=now, **data)
    registry.follow(grant)
    mails.grant_is_declined(case, paid=standing.paid, now=now)
    return freed


# More time ----------------------------------------------------------------------------------------


@transaction.atomic
def extend(
    application: Application, what: str, until: dt.date, *, reason: str, by, now: dt.datetime
) -> Extension:
    """Give the recipient until the end of `until` for `what` (an `Extension.What`).

    The day that was set stays as it was. Raises RefusedError for a day that is not later than the
    one that holds now, that has passed, or lies more than a year ahead.
    """
    case = locked(application)
    grant = grant_of(case)
    if Actor.CASEWORKER not in actors.actors_for(by, case):
        raise RefusedError(NOT_YOU)
    if not is_waited_for(grant, what):
        raise RefusedError(_("Nothing of this kind is waited for."))
    if not reason.strip():
        raise RefusedError(_("Say why."))
    today = clock.today(now)
    holding = due_on(grant, what)
    if until <= max(today, holding or today):
        raise RefusedError(_("Give a day to come, and later than the one that holds."))
    if until > today + LONGEST:
        raise RefusedError(_("Give a day within a year."))
    extension = Extension.objects.create(
        grant=grant, what=what, until=until, reason=reason.strip(), granted_at=now, granted_by=by
    )
    data = {"what": str(what), "until": until.isoformat()}
    events.record(case, Kind.EXTENDED, actor=Actor.CASEWORKER, by=by, now=now, **data)
    mails.time_is_extended(case, extension, now=now)
    return extension


def is_waited_for(grant: Grant, what: str) -> bool:
    """Whether `what` is what the recipient has to do next, in the state of `grant`."""
    states = {
        Extension.What.PROOF: BEFORE_PROOF,
        Extension.What.QUERY: {G.PROOF_QUERIED},
        Extension.What.REPAYMENT: {G.REPAYMENT_DUE},
    }
    return grant.state in states.get(what, ())
