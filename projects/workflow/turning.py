"""What the clock does with grants: final, running, proof of use due, closed. Nobody has to look.

A grant is turned one step at a time, each in its own transaction, and may take several at once.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from portal import clock, jobs
from projects import deliveries, events, registry
from projects.events import Kind
from projects.models import Application, Claim, Grant, Payout, Settlement
from projects.rules import rules_of
from projects.standing import has_open_objection
from projects.states import GRANT_STEPS, GrantState, PayoutState
from projects.workflow.moving import locked, step

G = GrantState
EVENTS = {
    G.FINAL: Kind.FINAL,
    G.RUNNING: Kind.STARTED,
    G.PROOF_DUE: Kind.ENDED,
    G.CLOSED: Kind.CLOSED,
}
MOST_STEPS = 4  # from announced to closed the clock takes no more in a row


def run(now: dt.datetime) -> str:
    """The job: letters that nobody fetched, then grants."""
    unfetched, steps = deliveries.give_up_all(now), turn_all(now)
    return f"{unfetched} letters to be posted, {steps} steps" if unfetched or steps else ""


def turn_all(now: dt.datetime) -> int:
    """Take every grant as far as the clock allows; returns how many steps were taken."""
    return sum(turn(application, now=now) for application in _due(clock.today(now)))


def turn(application: Application, *, now: dt.datetime) -> int:
    """Take the grant of `application` as far as the clock allows; returns how many steps."""
    taken = 0
    while taken < MOST_STEPS and _turn_once(application, now=now):
        taken += 1
    return taken


def _due(today: dt.date) -> Iterator[Application]:
    """Cases whose grant may have a step to take; which one is decided under lock."""
    waiting = (
        Q(state=G.ANNOUNCED, final_on__lte=today)
        | Q(state=G.FINAL, starts_on__lte=today)
        | Q(state=G.RUNNING, ends_on__lt=today)
        | Q(state__in=[G.SETTLED, G.REPAID, G.DECLINED, G.REVOKED])
    )
    for grant in Grant.objects.filter(waiting).select_related("application").order_by("pk"):
        yield grant.application


@transaction.atomic
def _turn_once(application: Application, *, now: dt.datetime) -> bool:
    case = locked(application)
    grant = Grant.objects.select_related("application__rule_set", "application__agency").get(
        application=case
    )
    to = next_state(grant, on=clock.today(now))
    if to is None:
        return False
    columns = {"closed_at": now} if to == G.CLOSED else {}
    actor = step(grant, GRANT_STEPS, to, case=case, by=None, now=now, **columns)
    events.record(case, EVENTS[to], actor=actor, by=None, now=now)
    registry.follow(grant)
    return True


def next_state(grant: Grant, *, on: dt.date) -> GrantState | None:
    """The state into which the clock takes `grant` on the local date `on`; None for none."""
    state = G(grant.state)
    if state == G.ANNOUNCED:
        return G.FINAL if _is_final(grant, on) else None
    if state == G.FINAL:
        return G.RUNNING if grant.starts_on <= on else None
    if state == G.RUNNING:
        return G.PROOF_DUE if grant.ends_on < on else None
    if state in (G.SETTLED, G.REPAID, G.DECLINED, G.REVOKED):
        return G.CLOSED if _is_done(grant) else None
    return None


def _is_final(grant: Grant, on: dt.date) -> bool:
    """Nobody can object any more, and nobody waits for an answer to an objection."""
    case = grant.application
    if has_open_objection(case):
        return False
    final_on = deliveries.finality_of(case)
    return final_on is not None and final_on <= on


def _is_done(grant: Grant) -> bool:
    """Nobody waits for an answer, and nothing is to be paid in either direction, but trifles."""
    if has_open_objection(grant.application):
        return False
    if grant.payouts.exclude(state__in=[PayoutState.PAID, PayoutState.REFUSED]).exists():
        return False
    if Claim.objects.filter(grant=grant).exists():
        return grant.state == G.REPAID
    return owed_cents(grant) <= rules_of(grant.application.rule_set_id).trifle_cents


def owed_cents(grant: Grant) -> int:
    """What was paid beyond what the grant comes to in the end, in cents."""
    paid = sum(
        Payout.objects.filter(grant=grant, state=PayoutState.PAID).values_list(
            "amount_cents", flat=True
        )
    )
    if grant.state in (G.DECLINED, G.REVOKED):
        return paid
    settled = Settlement.objects.filter(grant=grant, sent_back_at=None).first()
    return max(0, paid - settled.need_cents) if settled else 0


def register_jobs() -> None:
    label = gettext_lazy("Makes decisions final, begins, ends and closes projects by the calendar")
    jobs.register(jobs.Job("grants", label, jobs.Every(dt.timedelta(minutes=5)), run))
