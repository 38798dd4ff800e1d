"""The decision on a proposal, by somebody else than whoever proposed it: grant or refusal.

The letter is rendered first; then, under the lock of the case and after it of the budget, all of it
happens or nothing: state, letter, commitment, grant.
"""

import datetime as dt

from django.utils.translation import gettext as _

from portal import clock
from projects import budget, events, letters
from projects.events import Kind
from projects.letters.decisions import proof_due_on
from projects.models import (
    Application,
    Budget,
    Call,
    Grant,
    LedgerEntry,
    Letter,
    PlanLine,
    Proposal,
)
from projects.plan import cost_lines, income_lines
from projects.states import Actor, ApplicationState, CallState
from projects.workflow import issuing
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, move, parts_of
from projects.workflow.proposing import last_version, open_proposal, unreserve

S = ApplicationState


def approve(application: Application, *, proposal: int, by, now: dt.datetime) -> Letter:
    """Grant what is proposed, by the proposal with this key, which `by` has read.

    Raises RefusedError (for want of money, with what is free and what is needed; NoMoneyError where
    somebody else has taken it at this moment), and LetterError where the letter cannot be written.
    """

    def compose(case: Application) -> dict:
        found = _read(case, proposal, by=by)
        obstacle = why_no_grant(case, found)
        if obstacle:
            raise RefusedError(obstacle)
        return letters.decision(found, dated=clock.today(now), by=by)

    def act(case: Application, letter: Letter) -> Actor:
        found = _read(case, proposal, by=by)
        _refuse_while_paused(case)
        pot = _budget(case)
        actor = move(case, S.APPROVED, by=by, now=now)
        budget.book(
            pot,
            LedgerEntry.Kind.COMMITMENT,
            found.amount_cents,
            by=by,
            now=now,
            application=case,
        )
        unreserve(case, by=by, now=now)
        _grant(found, pot, now=now)
        _settle(found, now=now)
        data = {"cents": found.amount_cents, "version": found.version.number}
        events.record(case, Kind.APPROVED, actor=actor, by=by, now=now, **data)
        return actor

    return issuing.issue(application, compose, act, by=by, now=now)


def reject(application: Application, *, proposal: int, by, now: dt.datetime) -> Letter:
    """Refuse the application, as it is proposed, by the proposal with this key.

    Raises RefusedError, also where a grant is proposed, and LetterError.
    """

    def compose(case: Application) -> dict:
        found = _read(case, proposal, by=by)
        if found.kind != Proposal.Kind.REFUSAL:
            raise RefusedError(_("A grant is proposed. Send it back to have it refused."))
        return letters.decision(found, dated=clock.today(now), by=by)

    def act(case: Application, letter: Letter) -> Actor:
        found = _read(case, proposal, by=by)
        actor = move(case, S.REJECTED, by=by, now=now)
        _settle(found, now=now)
        data = {"version": found.version.number}
        events.record(case, Kind.REJECTED, actor=actor, by=by, now=now, **data)
        return actor

    return issuing.issue(application, compose, act, by=by, now=now)


# What has to be true ------------------------------------------------------------------------------


def why_no_grant(case: Application, proposal: Proposal) -> str:
    """Why `proposal` cannot be granted now, whoever decides, in words; "" where it can.

    Asked without a lock, for pages, and before a letter is rendered.
    """
    if proposal.kind != Proposal.Kind.GRANT:
        return _("A refusal is proposed.")
    if case.call.state == CallState.PAUSED:
        return _("The call is paused.")
    if case.hold:
        return _("It came while the call was paused, and is on hold.")
    return why_no_money(case, proposal)


def why_no_money(case: Application, proposal: Proposal) -> str:
    """What is missing in the budget for `proposal`, with both amounts; "" where nothing is."""
    pot = budget.budget_of(case.call)
    if pot is None:
        return no_budget(case)
    free = budget.sums_of(pot).free
    return "" if proposal.amount_cents <= free else budget.not_enough(free, proposal.amount_cents)


def no_budget(case: Application) -> str:
    return _("There is no budget for %(year)d yet.") % {"year": case.call.budget_year}


def why_not_by(proposal: Proposal, *, by) -> str:
    """Why `by` does not decide on `proposal`; "" where they may as far as this goes."""
    if proposal.proposed_by_id == by.pk:
        return _("You have proposed it; somebody else decides.")
    return ""


def _read(case: Application, key: int, *, by) -> Proposal:
    """The proposal that `by` has read, if it is still the one to be decided, and by them."""
    found = open_proposal(case)
    if case.state != S.PROPOSED or found is None:
        raise RefusedError(MOVED_ON)
    if found.pk != key:
        raise RefusedError(_("Something else is proposed now. Please look at it once more."))
    if reason := why_not_by(found, by=by):
        raise RefusedError(reason)
    if Actor.DECIDER not in parts_of(by, case):  # before a letter is rendered for them
        raise RefusedError(NOT_YOU)
    last = last_version(case)
    if last is None or last.pk != found.version_id:
        raise RefusedError(_("The application has been changed since this was proposed."))
    return found


def _refuse_while_paused(case: Application) -> None:
    """The call cannot be paused before this transaction is over."""
    rows = Call.objects.select_for_update(of=("self",), no_key=True)
    if rows.get(pk=case.call_id).state == CallState.PAUSED:
        raise RefusedError(_("The call is paused."))


def _budget(case: Application) -> Budget:
    pot = budget.budget_of(case.call)
    if pot is None:
        raise RefusedError(no_budget(case))
    return pot


# What follows -------------------------------------------------------------------------------------


def _settle(proposal: Proposal, *, now: dt.datetime) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(settled_at=now)


def _grant(proposal: Proposal, pot: Budget, *, now: dt.datetime) -> Grant:
    """The grant, and its plan: costs as they are recognised, other money as it was planned."""
    case = proposal.application
    grant = Grant.objects.create(
        application=case,
        budget=pot,
        changed_at=now,
        recognised_cents=proposal.recognised_cents,
        award_cents=proposal.amount_cents,
        starts_on=case.starts_on,
        ends_on=case.ends_on,
        proof_due_on=proof_due_on(case, case.ends_on),
        granted_at=now,
    )
    content = proposal.version.content
    costs = [
        {**line, **decided}
        for line, decided in zip(cost_lines(content), proposal.lines, strict=True)
    ]
    income = [{**line, "approved_cents": line["applied_cents"]} for line in income_lines(content)]
    PlanLine.objects.bulk_create(
        PlanLine(grant=grant, side=side, position=position, **line)
        for side, lines in ((PlanLine.Side.COSTS, costs), (PlanLine.Side.INCOME, income))
        for position, line in enumerate(lines, start=1)
    )
    return grant
