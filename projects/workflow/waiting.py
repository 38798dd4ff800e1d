"""The waiting list of a budget: who waits for money, in which order, and whose turn it is.

Whoever waits has been checked and would be granted. Nobody is approved by the clock: an application
that is called up is proposed once more, and a decider decides.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import jobs
from projects import budget, events, mails
from projects.events import Kind
from projects.models import Application, Budget, Comment, Programme, Proposal
from projects.states import Actor, ApplicationState, CallState
from projects.workflow.deciding import why_no_money
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, locked, move, parts_of
from projects.workflow.proposing import open_proposal, reserve, unreserve

S = ApplicationState


@transaction.atomic
def waitlist(application: Application, *, by, now: dt.datetime) -> None:
    """Put a proposed grant at the end of the waiting list, because there is no money for it now.

    Raises RefusedError where there is money and the call is not paused.
    """
    case = locked(application)
    proposal = open_proposal(case)
    if case.state != S.PROPOSED or proposal is None:
        raise RefusedError(MOVED_ON)
    if reason := why_not_wait(case, proposal):
        raise RefusedError(reason)
    # Two at the same moment get two places.
    Programme.objects.select_for_update(of=("self",), no_key=True).get(
        pk=case.rule_set.programme_id
    )
    last = waiting_for(case.rule_set.programme_id, case.call.budget_year)
    rank = (last.aggregate(last=Max("rank"))["last"] or 0) + 1
    actor = move(case, S.WAITLISTED, by=by, now=now, rank=rank)
    unreserve(case, by=by, now=now)
    event = events.record(case, Kind.WAITLISTED, actor=actor, by=by, now=now, rank=rank)
    mails.application_waits(case, number=event.number, now=now)


def why_not_wait(case: Application, proposal: Proposal) -> str:
    """Why `case` is not put on the waiting list; "" where money is short or the call is paused."""
    if proposal.kind != Proposal.Kind.GRANT:
        return _("A refusal is proposed; it waits for no money.")
    if case.call.state == CallState.PAUSED or case.hold or why_no_money(case, proposal):
        return ""
    return _("There is enough money to decide now.")


def waiting_for(programme_id: int, year: int):
    """The applications that wait for the money of a programme and year, first the next one."""
    rows = Application.objects.filter(
        state=S.WAITLISTED, call__rule_set__programme=programme_id, call__budget_year=year
    )
    return rows.order_by(F("rank").asc(nulls_last=True), "pk")


# Called up ----------------------------------------------------------------------------------------


@transaction.atomic
def call_up(application: Application, *, by, now: dt.datetime) -> None:
    """Have an application that waits decided on, as it was proposed; `by` is None for the clock."""
    case = locked(application)
    proposal = open_proposal(case)
    if case.state != S.WAITLISTED or proposal is None:
        raise RefusedError(MOVED_ON)
    rank = case.rank
    actor = move(case, S.PROPOSED, by=by, now=now, rank=None)
    reserve(case, proposal, by=by, now=now)
    events.record(case, Kind.CALLED_UP, actor=actor, by=by, now=now, rank=rank)


def call_up_waiting(pot: Budget, *, now: dt.datetime) -> int:
    """Call up who waits for `pot`, in their order, while the money suffices; returns how many.

    What is proposed already counts as spent. Where the call is paused, the next one is looked at.
    Call it without a transaction: each case is locked, and then the budget.
    """
    count = 0
    for case in waiting_for(pot.programme_id, pot.year).only("pk"):
        called = _call_up_if_there_is_money(case, pot, now=now)
        if called is None:
            break
        count += called
    return count


@transaction.atomic
def _call_up_if_there_is_money(
    application: Application, pot: Budget, *, now: dt.datetime
) -> bool | None:
    """Whether it was called up; None where there is no money for it."""
    case = locked(application)
    proposal = open_proposal(case)
    if case.state != S.WAITLISTED or proposal is None:
        return False
    if case.hold or case.call.state == CallState.PAUSED:
        return False
    sums = budget.sums_of(budget.locked(pot))
    if sums.free - sums.reserved < proposal.amount_cents:
        return None
    call_up(case, by=None, now=now)
    return True


def call_up_everywhere(now: dt.datetime) -> str:
    """The same for each budget for which somebody waits; what there is to say of it."""
    rows = Application.objects.filter(state=S.WAITLISTED).order_by()
    found = rows.values_list("call__rule_set__programme", "call__budget_year").distinct()
    count = 0
    for programme, year in found:
        pot = Budget.objects.filter(programme=programme, year=year).first()
        count += call_up_waiting(pot, now=now) if pot else 0
    return f"{count} called up" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Calls up applications on the waiting list when there is money again")
    every = jobs.Every(dt.timedelta(minutes=1))
    jobs.register(jobs.Job("waiting-lists", label, every, call_up_everywhere))


# On hold ------------------------------------------------------------------------------------------


@transaction.atomic
def lift_hold(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """Let an application be decided although it came while its call was paused; says why in a note.

    For calls that have closed without being resumed. Raises RefusedError while the call is paused.
    """
    if not text.strip():
        raise RefusedError(_("Say why."))
    case = locked(application)
    if Actor.DECIDER not in parts_of(by, case):
        raise RefusedError(NOT_YOU)
    if not case.hold:
        raise RefusedError(MOVED_ON)
    if case.call.state == CallState.PAUSED:
        raise RefusedError(_("The call is paused."))
    Application.objects.filter(pk=case.pk).update(hold=False)
    Comment.objects.create(application=case, author=by, text=text.strip(), written_at=now)
