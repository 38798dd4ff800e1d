"""A change of what was granted: asked for, checked by one person, decided by another, by letter.

Amounts are cents, days are local and inclusive. Only one change is open at a time. What is granted
changes the plan, the grant and the ledger together.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, budget, events, letters, mails, money, registry
from projects.events import Kind
from projects.letters.decisions import proof_due_on
from projects.models import Amendment, Application, Extension, Grant, Letter, PlanLine
from projects.models.budget import LedgerEntry
from projects.rules import rules_of
from projects.standing import CHANGEABLE, proof_until, standing_of
from projects.states import AMENDMENT_STEPS, Actor, AmendmentState, CallState, GrantState
from projects.workflow import issuing
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, grant_of, locked, step

A = AmendmentState


@dataclass(frozen=True)
class Wanted:
    """What is to be different; None stays. `lines` maps a line of costs (position) to cents."""

    reason: str
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    award_cents: int | None = None
    lines: Mapping[int, int] = field(default_factory=dict)


# Asking -------------------------------------------------------------------------------------------


@transaction.atomic
def request(application: Application, wanted: Wanted, *, by, now: dt.datetime) -> Amendment:
    """Ask for a change. Raises RefusedError without a reason, for no change, and for one that
    cannot be granted."""
    case = locked(application)
    grant = grant_of(case)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    if grant.state not in CHANGEABLE:
        raise RefusedError(_("The project is over; nothing of it can be changed any more."))
    if open_amendment(grant):
        raise RefusedError(_("A change has been asked for already. Withdraw it first."))
    if not wanted.reason.strip():
        raise RefusedError(_("Say why."))
    asked = Amendment(
        grant=grant,
        changed_at=now,
        requested_at=now,
        requested_by=by,
        reason=wanted.reason.strip(),
        **_differences(grant, wanted),
    )
    if not (asked.starts_on or asked.ends_on or asked.award_cents is not None or asked.lines):
        raise RefusedError(_("Nothing would be different. Change something first."))
    if reason := obstacle(asked, case):
        raise RefusedError(reason)
    asked.save()
    actor = min(actors.actors_for(by, case))
    data = {"amendment": asked.pk}
    events.record(case, Kind.AMENDMENT_REQUESTED, actor=actor, by=by, now=now, **data)
    mails.amendment_is_asked(case, asked, now=now)
    return asked


def open_amendment(grant: Grant) -> Amendment | None:
    return grant.amendments.filter(state=A.REQUESTED).first()


def _differences(grant: Grant, wanted: Wanted) -> dict:
    """The columns of what is really different."""
    costs = {row.position: row.approved_cents for row in costs_of(grant)}
    if wanted.lines.keys() - costs.keys():
        raise RefusedError(_("There is no such line in the plan."))
    found: dict = {
        "lines": {
            str(position): cents
            for position, cents in sorted(wanted.lines.items())
            if costs[position] != cents
        }
    }
    for name in ("starts_on", "ends_on", "award_cents"):
        value = getattr(wanted, name)
        found[name] = None if value == getattr(grant, name) else value
    return found


def costs_of(grant: Grant) -> list[PlanLine]:
    return list(grant.lines.filter(side=PlanLine.Side.COSTS).order_by("position"))


# What can be granted ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """What holds once a change has been granted."""

    starts_on: dt.date
    ends_on: dt.date
    award_cents: int
    recognised_cents: int


def changed(asked: Amendment) -> Changed:
    """What would hold with `asked`, as the grant stands now."""
    grant = asked.grant
    recognised = grant.recognised_cents
    if asked.lines:
        lines = costs_of(grant)
        recognised = sum(asked.lines.get(str(row.position), row.approved_cents) for row in lines)
    return Changed(
        starts_on=asked.starts_on or grant.starts_on,
        ends_on=asked.ends_on or grant.ends_on,
        award_cents=grant.award_cents if asked.award_cents is None else asked.award_cents,
        recognised_cents=recognised,
    )


def obstacle(asked: Amendment, case: Application) -> str:
    """Why `asked` cannot be granted, whatever anybody thinks of it; "" where it can be."""
    after = changed(asked)
    call = case.call
    if after.starts_on > after.ends_on:
        return _("The first day lies before the last one.")
    if asked.starts_on and asked.grant.state == GrantState.RUNNING:
        return _("The project has begun already; its first day stays.")
    if after.starts_on < call.measures_from or after.ends_on > call.measures_until:
        return _("The project has to lie within the time that the call allows.")
    return _obstacle_of_amounts(asked, after, case)


def _obstacle_of_amounts(asked: Amendment, after: Changed, case: Application) -> str:
    grant = asked.grant
    standing = standing_of(grant)
    if after.award_cents <= 0:
        return _("To give up the whole grant, decline it.")
    if after.award_cents < standing.paid + standing.pending:
        return _("%(asked)s have been paid or asked for already; the grant cannot be lower.") % {
            "asked": money.shown(standing.paid + standing.pending)
        }
    if after.award_cents > after.recognised_cents:
        return _("The grant cannot be more than the costs of %(costs)s.") % {
            "costs": money.shown(after.recognised_cents)
        }
    ceiling = rules_of(case.rule_set_id).ceilings.get(case.measure_kind)
    is_raise = after.award_cents > grant.award_cents
    if is_raise and ceiling is not None and after.award_cents > ceiling:
        return _("For this kind of project, the grant is %(amount)s at most.") % {
            "amount": money.shown(ceiling)
        }
    return ""


# Answering ----------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(amendment: Amendment, *, by, now: dt.datetime) -> None:
    """Do without the change; everything stays as it was granted."""
    case, amendment = _locked(amendment)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    actor = step(amendment, AMENDMENT_STEPS, A.WITHDRAWN, case=case, by=by, now=now)
    data = {"amendment": amendment.pk}
    events.record(case, Kind.AMENDMENT_WITHDRAWN, actor=actor, by=by, now=now, **data)


@transaction.atomic
def check(amendment: Amendment, advice: str, *, by, now: dt.datetime) -> None:
    """The caseworker's advice on a change; a later one takes its place until it is decided."""
    case, amendment = _locked(amendment)
    if Actor.CASEWORKER not in actors.actors_for(by, case):
        raise RefusedError(NOT_YOU)
    if amendment.state != A.REQUESTED:
        raise RefusedError(MOVED_ON)
    if not advice.strip():
        raise RefusedError(_("Write at least one sentence."))
    columns = {"checked_by": by, "checked_at": now, "advice": advice.strip()}
    Amendment.objects.filter(pk=amendment.pk).update(**columns)
    data = {"amendment": amendment.pk}
    actor = Actor.CASEWORKER
    events.record(case, Kind.AMENDMENT_CHECKED, actor=actor, by=by, now=now, **data)


def decide(amendment: Amendment, *, granted: bool, reason: str, by, now: dt.datetime) -> Letter:
    """Grant or refuse a change that somebody else has checked; returns the letter.

    Raises RefusedError, LetterError where the letter cannot be written, and NoMoneyError where it
    asks for more than is free.
    """
    if not reason.strip():
        raise RefusedError(_("Say why."))

    def compose(case: Application) -> dict:
        return letters.amendment(
            _fresh(amendment),
            granted=granted,
            reason=reason.strip(),
            dated=clock.today(now),
            by=by,
        )

    def act(case: Application, letter: Letter) -> Actor:
        asked = _fresh(amendment)
        if asked.checked_at is None:
            raise RefusedError(_("A caseworker has to check it first."))
        if asked.checked_by_id == by.pk:
            raise RefusedError(_("Whoever has checked it does not decide it."))
        columns = {"decided_by": by, "decision_reason": reason.strip(), "letter": letter}
        to = A.GRANTED if granted else A.REFUSED
        if granted:
            _refuse_impossible(asked, case, now=now)
        actor = step(asked, AMENDMENT_STEPS, to, case=case, by=by, now=now, **columns)
        if granted:
            _apply(asked, case, by=by, now=now)
        data = {"amendment": asked.pk, "granted": granted}
        events.record(case, Kind.AMENDMENT_DECIDED, actor=actor, by=by, now=now, **data)
        return actor

    return issuing.issue(amendment.grant.application, compose, act, by=by, now=now)


def _refuse_impossible(asked: Amendment, case: Application, *, now: dt.datetime) -> None:
    if asked.grant.state not in CHANGEABLE:
        raise RefusedError(MOVED_ON)
    if reason := obstacle(asked, case):
        raise RefusedError(reason)
    is_raise = changed(asked).award_cents > asked.grant.award_cents
    if is_raise and case.call.state_at(now) == CallState.PAUSED:
        raise RefusedError(_("The call is paused: no more money is promised at the moment."))


def _apply(asked: Amendment, case: Application, *, by, now: dt.datetime) -> None:
    """Write what was granted: plan, grant, ledger, register."""
    grant = asked.grant
    after = changed(asked)
    difference = after.award_cents - grant.award_cents
    if difference:
        kind = LedgerEntry.Kind.COMMITMENT if difference > 0 else LedgerEntry.Kind.DECOMMITMENT
        budget.book(grant.budget, kind, abs(difference), by=by, now=now, application=case)
    for position, cents in asked.lines.items():
        rows = PlanLine.objects.filter(grant=grant, side=PlanLine.Side.COSTS)
        rows.filter(position=int(position)).update(approved_cents=cents)
    if after.ends_on > grant.ends_on:
        _move_proof(grant, asked, after.ends_on, by=by, now=now)
    for name in ("starts_on", "ends_on", "award_cents", "recognised_cents"):
        setattr(grant, name, getattr(after, name))
    grant.save(update_fields=["starts_on", "ends_on", "award_cents", "recognised_cents"])
    grant.application = case
    registry.follow(grant)


def _move_proof(grant: Grant, asked: Amendment, ends_on: dt.date, *, by, now: dt.datetime) -> None:
    """Whoever goes on longer has as much time afterwards for the proof of use as before."""
    until = proof_due_on(grant.application, ends_on)
    if until <= proof_until(grant):
        return
    Extension.objects.create(
        grant=grant,
        what=Extension.What.PROOF,
        until=until,
        reason=asked.decision_reason,
        granted_at=now,
        granted_by=by,
    )


# --------------------------------------------------------------------------------------------------


def _locked(amendment: Amendment) -> tuple[Application, Amendment]:
    case = locked(Application.objects.get(grant__amendments=amendment.pk))
    return case, Amendment.objects.select_related("grant").get(pk=amendment.pk)


def _fresh(amendment: Amendment) -> Amendment:
    """`amendment` as it stands now, with everything that its letter says."""
    rows = Amendment.objects.select_related(
        "grant__budget", "grant__application__call", "grant__application__rule_set"
    )
    return rows.get(pk=amendment.pk)
