"""Checking a proof of use: what is recognised, and by two people where something is cut.

When a grant is settled, what was never paid goes back to the pot; what was paid beyond the need
stays booked until it is paid back (`projects.workflow.reclaiming`).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from projects import budget, events, mails, money, proof, registry
from projects.events import Kind
from projects.models import Application, Comment, Grant, LedgerEntry, Settlement
from projects.standing import standing_of
from projects.states import GRANT_STEPS, Actor, GrantState
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, grant_of, locked, parts_of
from projects.workflow.moving import step as take_step

G = GrantState


@dataclass(frozen=True)
class Recognised:
    """How much of a line of costs counts, in cents, and why not all of it."""

    cents: int
    reason: str = ""


@transaction.atomic
def check(
    application: Application,
    lines: Mapping[int, Recognised],
    *,
    reason: str,
    rest_given_up: bool = False,
    by,
    now: dt.datetime,
) -> Settlement:
    """Say what is recognised of the proof of use, by position of the line of costs.

    Without a cut the grant is settled at once; with one somebody else has to confirm it. Where
    less was paid than was needed, `rest_given_up` says that nothing more is asked for. Raises
    RefusedError for more than was spent, for a cut without a reason, and while a payout is open.
    """
    case = locked(application)
    grant = grant_of(case)
    if grant.state != G.PROOF_SUBMITTED:
        raise RefusedError(MOVED_ON)
    if Actor.CASEWORKER not in parts_of(by, case):
        raise RefusedError(NOT_YOU)
    if open_settlement(grant):
        raise RefusedError(_("It has been checked already, and waits for a second person."))
    _refuse_wrong_lines(grant, lines)
    standing = standing_of(grant)
    if standing.pending:
        raise RefusedError(_("A payout is still open. Finish or refuse it first."))
    cents = {position: each.cents for position, each in lines.items()}
    result = proof.result_of(grant, cents, paid=standing.paid)
    if result.is_cut and not reason.strip():
        raise RefusedError(_("Say why something is cut."))
    if result.unpaid and not rest_given_up:
        raise RefusedError(
            _(
                "%(amount)s of the grant have not been paid yet. Pay them first, or confirm that "
                "nothing more is asked for."
            )
            % {"amount": money.shown(result.unpaid)}
        )
    settlement = Settlement.objects.create(
        grant=grant,
        version=grant.proof_versions.order_by("-number").first(),
        lines={
            str(position): {"recognised_cents": each.cents, "reason": each.reason}
            for position, each in lines.items()
        },
        recognised_cents=result.recognised,
        income_cents=result.income,
        need_cents=min(result.need, result.paid),
        unspent_cents=result.unspent,
        is_cut=result.is_cut,
        reason=reason,
        checked_at=now,
        checked_by=by,
        confirmed_at=None if result.is_cut else now,
    )
    data = {"recognised_cents": result.recognised, "unspent_cents": result.unspent}
    events.record(case, Kind.PROOF_CHECKED, actor=Actor.CASEWORKER, by=by, now=now, **data)
    if not result.is_cut:
        _settle(case, grant, by=by, now=now)
    return settlement


@transaction.atomic
def confirm(application: Application, *, by, now: dt.datetime) -> None:
    """A second person confirms what was cut; the grant is settled."""
    case = locked(application)
    grant = grant_of(case)
    settlement = _to_be_confirmed(case, grant, by=by)
    Settlement.objects.filter(pk=settlement.pk).update(confirmed_at=now, confirmed_by=by)
    _settle(case, grant, by=by, now=now)


@transaction.atomic
def send_back(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """A second person does not agree; the proof is checked once more, with their note."""
    case = locked(application)
    grant = grant_of(case)
    settlement = _to_be_confirmed(case, grant, by=by)
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    Settlement.objects.filter(pk=settlement.pk).update(sent_back_at=now)
    Comment.objects.create(application=case, author=by, text=text, written_at=now)
    events.record(case, Kind.CHECK_SENT_BACK, actor=Actor.DECIDER, by=by, now=now)


def open_settlement(grant: Grant) -> Settlement | None:
    """The check that waits for a second person."""
    return grant.settlements.filter(sent_back_at=None, confirmed_at=None).first()


def _to_be_confirmed(case: Application, grant: Grant, *, by) -> Settlement:
    settlement = open_settlement(grant)
    if settlement is None or grant.state != G.PROOF_SUBMITTED:
        raise RefusedError(MOVED_ON)
    if Actor.DECIDER not in parts_of(by, case) or settlement.checked_by == by:
        raise RefusedError(NOT_YOU)
    return settlement


def _refuse_wrong_lines(grant: Grant, lines: Mapping[int, Recognised]) -> None:
    actual = {each.line.position: each.actual for each in proof.use_of(grant).costs}
    for position, each in lines.items():
        if position not in actual:
            raise RefusedError(MOVED_ON)
        if each.cents > max(0, actual[position]):
            raise RefusedError(_("No more is recognised than was spent."))
        if each.cents < actual[position] and not each.reason.strip():
            raise RefusedError(_("Say for each line that is cut why."))


def _settle(case: Application, grant: Grant, *, by, now: dt.datetime) -> None:
    actor = take_step(grant, GRANT_STEPS, G.SETTLED, case=case, by=by, now=now)
    rest = grant.award_cents - standing_of(grant).paid
    if rest > 0:
        budget.book(
            grant.budget,
            LedgerEntry.Kind.DECOMMITMENT,
            rest,
            by=by,
            now=now,
            application=case,
        )
    events.record(case, Kind.SETTLED, actor=actor, by=by, now=now, returned_cents=max(0, rest))
    registry.follow(grant)
    mails.proof_is_settled(case, now=now)
