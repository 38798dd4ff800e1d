"""Asking for money of a grant, and naming the account to which it goes. Amounts are cents.

Each verb locks the case first, so what is asked for at the same moment is summed one after the
other: what is open or paid never exceeds the award.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.working_days import plus_months
from portal import clock
from projects import account_links, actors, events, iban, mails, money
from projects.events import Kind
from projects.models import Application, Grant, Payout
from projects.rules import Rules, rules_of
from projects.standing import PAYING, has_open_objection, standing_of
from projects.states import GrantState, PayoutState
from projects.terms import Channel
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, grant_of, locked
from projects.workflow.settling import open_settlement

P = PayoutState
NOT_YET = gettext_lazy(
    "Money is paid once nobody can object to the decision any more. You can waive the objection; "
    "then you can ask at once."
)
OBJECTED = gettext_lazy("There is an open objection. Payments wait until it is decided.")
OVER = gettext_lazy("Nothing is paid for this grant any more.")
CHECKED = gettext_lazy("The proof of use has been checked; payments wait until that is confirmed.")


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for. `spent_cents` is what the project has cost so far.

    `expected_until` is the last day on which an advance will be spent; a reimbursement has none.
    """

    amount_cents: int
    mode: str
    holder: str
    iban: str
    spent_cents: int = 0
    expected_until: dt.date | None = None
    holder_reason: str = ""


# Asking -------------------------------------------------------------------------------------------


def obstacle(case: Application, grant: Grant, *, on: dt.date) -> str:
    """Why no money can be asked for on the local date `on`, in words; "" where it can be."""
    reason = waits(case, grant)
    if reason:
        return reason
    last = case.call.payouts_until
    if last and on > last:
        return _("Money could be asked for until the end of the day that the call had set.")
    if standing_of(grant).left <= 0:
        return _("You have asked for the whole grant already.")
    return ""


def waits(case: Application, grant: Grant) -> str:
    """Why nothing is paid at the moment, whoever asked for it when."""
    early = {GrantState.ANNOUNCED}
    if grant.state in early and rules_of(case.rule_set_id).pays_after_finality:
        return str(NOT_YET)
    if grant.state not in PAYING | early:
        return str(OVER)
    if grant.state == GrantState.PROOF_SUBMITTED and open_settlement(grant):
        return str(CHECKED)  # what it comes to was reckoned with what had been paid by then
    return str(OBJECTED) if has_open_objection(case) else ""


@transaction.atomic
def request(application: Application, wanted: Wanted, *, by, now: dt.datetime) -> Payout:
    """Ask for an instalment. Raises RefusedError with what keeps it from being asked for.

    Another account than before has to be confirmed by mail before anybody certifies the payout.
    """
    case = locked(application)
    grant = grant_of(case)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    today = clock.today(now)
    if reason := obstacle(case, grant, on=today):
        raise RefusedError(reason)
    _refuse_amounts(grant, wanted)
    _refuse_days(rules_of(case.rule_set_id), wanted, on=today)
    account = _account(case, wanted.holder, wanted.iban, wanted.holder_reason)
    last = grant.payouts.aggregate(Max("number"))["number__max"] or 0
    payout = Payout.objects.create(
        grant=grant,
        number=last + 1,
        changed_at=now,
        amount_cents=wanted.amount_cents,
        mode=wanted.mode,
        spent_cents=wanted.spent_cents,
        expected_until=wanted.expected_until if wanted.mode == Payout.Mode.ADVANCE else None,
        is_other_account=is_another_account(grant, account["iban"]),
        requested_at=now,
        requested_by=by,
        **account,
    )
    actor = min(actors.actors_for(by, case))
    data = {"payout": payout.number, "cents": payout.amount_cents}
    data["other_account"] = payout.is_other_account
    events.record(case, Kind.PAYOUT_REQUESTED, actor=actor, by=by, now=now, **data)
    mails.payout_is_requested(case, payout, now=now)
    return payout


def _refuse_amounts(grant: Grant, wanted: Wanted) -> None:
    standing = standing_of(grant)
    if wanted.amount_cents <= 0:
        raise RefusedError(_("Ask for more than nothing."))
    if wanted.amount_cents > standing.left:
        raise RefusedError(
            _("%(left)s are left of the grant. Ask for that or less.")
            % {"left": money.shown(standing.left)}
        )
    together = standing.paid + standing.pending + wanted.amount_cents
    if wanted.mode == Payout.Mode.REIMBURSEMENT and wanted.spent_cents < together:
        raise RefusedError(
            _(
                "With this payout you would have asked for %(asked)s, but you have spent "
                "%(spent)s. For payments that are still to come, ask for an advance."
            )
            % {"asked": money.shown(together), "spent": money.shown(wanted.spent_cents)}
        )


def _refuse_days(rules: Rules, wanted: Wanted, *, on: dt.date) -> None:
    if wanted.mode not in Payout.Mode:
        raise RefusedError(_("Choose what the money is for."))
    if wanted.mode != Payout.Mode.ADVANCE:
        return
    last = latest_spending(rules, on=on)
    if wanted.expected_until is None or wanted.expected_until < on:
        raise RefusedError(_("Say until when you will have spent the money."))
    if wanted.expected_until > last:
        raise RefusedError(
            _(
                "Money is paid ahead for %(months)s months at most. Ask for what you need until "
                "then, and for the rest later."
            )
            % {"months": rules.advance_months}
        )


def latest_spending(rules: Rules, *, on: dt.date) -> dt.date:
    """The last day for which an advance can be asked for on the local date `on`."""
    return plus_months(on, rules.advance_months)


def _account(case: Application, holder: str, number: str, reason: str) -> dict[str, str]:
    """The columns of an account. Raises RefusedError, ValidationError for a wrong number."""
    holder, reason = " ".join(holder.split()), reason.strip()
    if not holder:
        raise RefusedError(_("Say whose account it is."))
    if is_of_somebody_else(case, holder) and not reason:
        raise RefusedError(_("Say why the money goes to somebody else’s account."))
    return {"holder": holder, "iban": iban.parse(number), "holder_reason": reason}


def is_of_somebody_else(case: Application, holder: str) -> bool:
    """Whether the account is not that of the applicant, however the name is spaced."""
    return " ".join(holder.split()).casefold() != " ".join(case.applicant_name.split()).casefold()


def is_another_account(grant: Grant, number: str) -> bool:
    """Whether money has been asked for before, but to another account that is known.

    One that nobody has confirmed is not known, and neither is that of a payout that was refused.
    """
    rows = grant.payouts.exclude(state=P.REFUSED).order_by("-number")
    known = next((row for row in rows if not row.is_other_account or row.confirmed_at), None)
    return known is not None and known.iban != number


@transaction.atomic
def change_account(
    payout: Payout, *, holder: str, number: str, holder_reason: str = "", by, now: dt.datetime
) -> Payout:
    """Another account for a payout that the bank has sent back; it has to be confirmed, too."""
    case, _grant, payout = locked_with(payout)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    if payout.state != P.BOUNCED:
        raise RefusedError(MOVED_ON)
    account = _account(case, holder, number, holder_reason)
    is_other = account["iban"] != payout.iban or is_unconfirmed(payout)
    columns = account | {"is_other_account": is_other, "confirmed_at": None}
    Payout.objects.filter(pk=payout.pk).update(**columns)
    payout.refresh_from_db()
    actor = min(actors.actors_for(by, case))
    data = {"payout": payout.number, "cents": payout.amount_cents, "other_account": is_other}
    event = events.record(case, Kind.PAYOUT_REQUESTED, actor=actor, by=by, now=now, **data)
    mails.account_is_changed(case, payout, number=event.number, now=now)
    return payout


@transaction.atomic
def confirm_account(payout: Payout, token: str = "", *, by, now: dt.datetime) -> None:
    """Somebody who works on the application confirms the new account, with the mailed `token`.

    The office needs none for what came on paper or by telephone. Nothing happens where the account
    has been confirmed already.
    """
    case, _grant, payout = locked_with(payout)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    if not payout.is_other_account or payout.confirmed_at:
        return
    if case.channel == Channel.ONLINE and not account_links.fits(payout, token):
        raise RefusedError(_("Please open the link in the mail about the new account."))
    if payout.state not in (P.REQUESTED, P.BOUNCED):
        raise RefusedError(MOVED_ON)
    Payout.objects.filter(pk=payout.pk).update(confirmed_at=now)
    actor = min(actors.actors_for(by, case))
    data = {"payout": payout.number}
    event = events.record(case, Kind.ACCOUNT_CONFIRMED, actor=actor, by=by, now=now, **data)
    payout.refresh_from_db()
    mails.account_is_confirmed(case, payout, number=event.number, now=now)


def is_unconfirmed(payout: Payout) -> bool:
    return payout.is_other_account and payout.confirmed_at is None


def locked_with(payout: Payout) -> tuple[Application, Grant, Payout]:
    """The case of `payout`, locked, its grant, and the payout as it stands now."""
    case = locked(Application.objects.get(grant__payouts=payout.pk))
    return case, grant_of(case), Payout.objects.get(pk=payout.pk)
