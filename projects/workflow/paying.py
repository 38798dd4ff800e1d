"""The way of an instalment to the recipient: certified by one person, ordered by another, paid.

Amounts are cents. How it is asked for stands in `projects.workflow.instalments`.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.roles import agencies_of
from portal import clock
from projects import actors, budget, events, mails
from projects.events import Kind
from projects.models import Application, Grant, LedgerEntry, Payout
from projects.states import PAYOUT_STEPS, Actor, PayoutState
from projects.workflow.instalments import is_unconfirmed, locked_with, waits
from projects.workflow.moving import NOT_YOU, RefusedError, step

P = PayoutState
UNCONFIRMED = gettext_lazy("The new account has not been confirmed yet.")


# Two people ---------------------------------------------------------------------------------------


@transaction.atomic
def certify(payout: Payout, *, by, now: dt.datetime) -> None:
    """Say that it is right in substance and in figures; after a bounce, once more."""
    case, grant, payout = locked_with(payout)
    _refuse_waiting(case, grant)
    if is_unconfirmed(payout):
        raise RefusedError(UNCONFIRMED)
    columns = {"certified_by": by, "certified_at": now, "ordered_by": None, "ordered_at": None}
    actor = step(payout, PAYOUT_STEPS, P.CERTIFIED, case=case, by=by, now=now, reason="", **columns)
    _record(case, Kind.PAYOUT_CERTIFIED, payout, actor=actor, by=by, now=now)


@transaction.atomic
def order(payout: Payout, *, by, now: dt.datetime) -> None:
    """Tell the cash office to pay. Raises RefusedError for whoever has certified it."""
    case, grant, payout = locked_with(payout)
    _refuse_waiting(case, grant)
    if payout.certified_by_id == by.pk:
        raise RefusedError(_("Whoever has certified it does not order it."))
    columns = {"ordered_by": by, "ordered_at": now}
    actor = step(payout, PAYOUT_STEPS, P.ORDERED, case=case, by=by, now=now, **columns)
    _record(case, Kind.PAYOUT_ORDERED, payout, actor=actor, by=by, now=now)


@transaction.atomic
def refuse(payout: Payout, reason: str, *, by, now: dt.datetime) -> None:
    """Pay nothing for this request; the applicant reads why, and can ask anew."""
    case, _grant, payout = locked_with(payout)
    if not reason.strip():
        raise RefusedError(_("Say why."))
    columns = {"reason": reason.strip()}
    actor = step(payout, PAYOUT_STEPS, P.REFUSED, case=case, by=by, now=now, **columns)
    _record(case, Kind.PAYOUT_REFUSED, payout, actor=actor, by=by, now=now)
    mails.payout_is_refused(case, payout, now=now)


def _refuse_waiting(case: Application, grant: Grant) -> None:
    if reason := waits(case, grant):
        raise RefusedError(reason)


def stop(case: Application, grant: Grant, *, now: dt.datetime, reason: str = "") -> None:
    """Within the caller's transaction: refuse whatever has been asked for, as the grant ends.

    `reason` is in the language of the office. Raises RefusedError where money is on its way.
    """
    if grant.payouts.filter(state__in=[P.ORDERED, P.EXPORTED]).exists():
        raise RefusedError(
            _("A payment is on its way. Wait until it has arrived, or talk to the office.")
        )
    for payout in grant.payouts.filter(state__in=[P.REQUESTED, P.CERTIFIED, P.BOUNCED]):
        columns = {"reason": reason}
        actor = step(payout, PAYOUT_STEPS, P.REFUSED, case=case, by=None, now=now, **columns)
        _record(case, Kind.PAYOUT_REFUSED, payout, actor=actor, by=None, now=now)


# The cash office ----------------------------------------------------------------------------------


@transaction.atomic
def export(agency_id: int, *, by, now: dt.datetime) -> list[Payout]:
    """Hand over everything that is ordered, as one list; returns it, empty where there is nothing.

    What waits for an objection stays ordered, and so does what is the own case of `by`.
    `exported_at` of all is `now`: it names the list.
    """
    if agency_id not in agencies_of(by, actors.FINANCE):
        raise RefusedError(NOT_YOU)
    rows = Payout.objects.filter(state=P.ORDERED, grant__application__agency=agency_id)
    handed_over = []
    for row in rows.order_by("grant__application", "number"):  # cases are locked in this order
        case, grant, payout = locked_with(row)
        if payout.state != P.ORDERED or waits(case, grant):
            continue
        if Actor.FINANCE not in actors.actors_for(by, case):
            continue
        columns = {"exported_at": now}
        actor = step(payout, PAYOUT_STEPS, P.EXPORTED, case=case, by=by, now=now, **columns)
        _record(case, Kind.PAYOUT_EXPORTED, payout, actor=actor, by=by, now=now)
        handed_over.append(payout)
    return handed_over


@transaction.atomic
def mark_paid(payout: Payout, on: dt.date, *, by, now: dt.datetime) -> None:
    """The cash office has paid, on the local day `on`; books it."""
    case, grant, payout = locked_with(payout)
    if on > clock.today(now):
        raise RefusedError(_("This day is still to come."))
    if payout.ordered_at and on < clock.today(payout.ordered_at):
        raise RefusedError(_("It was ordered later than that."))
    actor = step(payout, PAYOUT_STEPS, P.PAID, case=case, by=by, now=now, paid_on=on)
    kind, cents = LedgerEntry.Kind.PAYOUT, payout.amount_cents
    budget.book(grant.budget, kind, cents, by=by, now=now, application=case)
    _record(case, Kind.PAYOUT_PAID, payout, actor=actor, by=by, now=now, on=on.isoformat())
    mails.payout_is_paid(case, payout, now=now)


@transaction.atomic
def mark_bounced(payout: Payout, reason: str, *, by, now: dt.datetime) -> None:
    """The bank has sent it back; nothing is booked, and the money can be certified once more."""
    case, _grant, payout = locked_with(payout)
    if not reason.strip():
        raise RefusedError(_("Say why."))
    columns = {"reason": reason.strip()}
    actor = step(payout, PAYOUT_STEPS, P.BOUNCED, case=case, by=by, now=now, **columns)
    event = _record(case, Kind.PAYOUT_BOUNCED, payout, actor=actor, by=by, now=now)
    mails.payout_has_bounced(case, payout, number=event.number, now=now)


def _record(case: Application, kind: Kind, payout: Payout, *, actor: Actor, by, now, **data):
    data = {"payout": payout.number, "cents": payout.amount_cents, **data}
    return events.record(case, kind, actor=actor, by=by, now=now, **data)
