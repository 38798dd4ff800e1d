"""Money that comes back, and grants that are revoked: first a hearing, then two people, a letter.

Amounts are cents, days local and inclusive. Sources: §§ 28, 49(3), 49a VwVfG.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, budget, events, letters, mails, money, registry
from projects.events import Kind
from projects.models import Application, Claim, Comment, Grant, Hearing, LedgerEntry, Letter
from projects.rules import rules_of
from projects.standing import standing_of
from projects.states import GRANT_STEPS, Actor, GrantState
from projects.workflow import paying
from projects.workflow.granted import LONGEST
from projects.workflow.issuing import issue
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, grant_of, locked, parts_of
from projects.workflow.moving import step as take_step
from projects.workflow.turning import owed_cents

G = GrantState
Ledger = LedgerEntry.Kind
ANSWER = dt.timedelta(days=14)  # the least that a hearing gives
HEARD_ON_REPAYMENT = frozenset({G.SETTLED})  # whoever declined, or was revoked, has been heard
CLAIMED = frozenset({G.SETTLED, G.DECLINED, G.REVOKED})
REVOCABLE = frozenset(
    {G.ANNOUNCED, G.FINAL, G.RUNNING, G.PROOF_DUE, G.PROOF_SUBMITTED, G.PROOF_QUERIED}
)


# Hearings -----------------------------------------------------------------------------------------


def hear(
    application: Application,
    *,
    about: Hearing.About,
    reason: str,
    answer_until: dt.date,
    by,
    now: dt.datetime,
) -> Letter:
    """Write to the recipient what is intended and why, with time to answer (§ 28 VwVfG).

    Raises RefusedError for less than two weeks or more than a year, and where there is nothing to
    be heard about.
    """
    on = clock.today(now)
    if not reason.strip():
        raise RefusedError(_("Say why."))
    if answer_until < on + ANSWER:
        raise RefusedError(_("Give at least two weeks for an answer."))
    if answer_until > on + LONGEST:
        raise RefusedError(_("Give a day within a year."))

    def compose(case: Application) -> dict:
        grant = grant_of(case)
        if Actor.CASEWORKER not in parts_of(by, case):
            raise RefusedError(NOT_YOU)
        _refuse_needless(grant, about)
        amount = owed_cents(grant) if about == Hearing.About.REPAYMENT else standing_of(grant).paid
        return letters.hearing(
            case,
            about=about,
            amount_cents=amount,
            reason=reason,
            answer_until=answer_until,
            dated=on,
        )

    def act(case: Application, letter: Letter) -> Actor:
        Hearing.objects.create(
            application=case, letter=letter, about=about, answer_until=answer_until
        )
        data = {"about": str(about), "answer_until": answer_until.isoformat()}
        events.record(case, Kind.HEARD, actor=Actor.CASEWORKER, by=by, now=now, **data)
        return Actor.CASEWORKER

    return issue(application, compose, act, by=by, now=now)


def can_be_heard(grant: Grant, about: Hearing.About) -> bool:
    """Whether there is something to hear the recipient of `grant` about, for the first time."""
    try:
        _refuse_needless(grant, about)
    except RefusedError:
        return False
    return True


def _refuse_needless(grant: Grant, about: Hearing.About) -> None:
    if grant.application.hearings.filter(about=about).exists():
        raise RefusedError(_("There has been a hearing about this already."))
    if about == Hearing.About.REVOCATION:
        if grant.state not in REVOCABLE:
            raise RefusedError(MOVED_ON)
        return
    if grant.state not in HEARD_ON_REPAYMENT:
        raise RefusedError(MOVED_ON)
    _refuse_trifles(grant, owed_cents(grant))


@transaction.atomic
def answer_hearing(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """What the recipient says to a hearing; entered by staff where it came by letter."""
    case = locked(application)
    hearing = open_hearing(case)
    if hearing is None:
        raise RefusedError(_("Nothing is asked of you at the moment."))
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    Hearing.objects.filter(pk=hearing.pk).update(answer=text, answered_at=now)
    event = events.record(
        case, Kind.HEARING_ANSWERED, actor=min(parts_of(by, case)), by=by, now=now
    )
    mails.hearing_is_answered(case, number=event.number, now=now)


def open_hearing(case: Application) -> Hearing | None:
    """The hearing that can be answered: the last one without an answer, also after its day.

    An answer that comes late counts as long as nothing has been decided.
    """
    return case.hearings.filter(answered_at=None).order_by("pk").last()


def is_heard(case: Application, about: Hearing.About, *, on: dt.date) -> bool:
    """Whether there was a hearing about this, and an answer, or the time for it is over."""
    hearing = case.hearings.filter(about=about).order_by("pk").last()
    return hearing is not None and (hearing.answered_at is not None or on > hearing.answer_until)


# Repayment ----------------------------------------------------------------------------------------


@transaction.atomic
def propose_claim(application: Application, *, reason: str, by, now: dt.datetime) -> Claim:
    """A caseworker proposes to demand back what was paid too much; a decider orders it.

    Raises RefusedError for a trifle, and before the recipient has been heard.
    """
    case = locked(application)
    grant = grant_of(case)
    if grant.state not in CLAIMED or Claim.objects.filter(grant=grant).exists():
        raise RefusedError(MOVED_ON)
    if Actor.CASEWORKER not in parts_of(by, case):
        raise RefusedError(NOT_YOU)
    if not reason.strip():
        raise RefusedError(_("Say why."))
    amount = owed_cents(grant)
    _refuse_trifles(grant, amount)
    if grant.state in HEARD_ON_REPAYMENT and not is_heard(
        case, Hearing.About.REPAYMENT, on=clock.today(now)
    ):
        raise RefusedError(_("The recipient has to be heard first."))
    claim = Claim.objects.create(
        grant=grant, amount_cents=amount, reason=reason, proposed_at=now, proposed_by=by
    )
    events.record(case, Kind.CLAIM_PROPOSED, actor=Actor.CASEWORKER, by=by, now=now, cents=amount)
    return claim


def can_be_claimed(grant: Grant) -> bool:
    """Whether more than a trifle was paid too much, and the state allows to demand it."""
    if grant.state not in CLAIMED:
        return False
    trifle = rules_of(grant.application.rule_set_id).trifle_cents
    return owed_cents(grant) > trifle


def order_claim(application: Application, *, due_on: dt.date, by, now: dt.datetime) -> Letter:
    """Somebody else than who proposed it demands the money back, until `due_on`, by letter."""
    on = clock.today(now)
    if due_on < on + ANSWER:
        raise RefusedError(_("Give at least two weeks to pay."))
    if due_on > on + LONGEST:
        raise RefusedError(_("Give a day within a year."))

    def compose(case: Application) -> dict:
        grant = grant_of(case)
        return letters.repayment(_proposed(case, grant, by=by), due_on=due_on, dated=on)

    def act(case: Application, letter: Letter) -> Actor:
        grant = grant_of(case)
        claim = _proposed(case, grant, by=by)
        actor = take_step(grant, GRANT_STEPS, G.REPAYMENT_DUE, case=case, by=by, now=now)
        Claim.objects.filter(pk=claim.pk).update(
            ordered_at=now, ordered_by=by, letter=letter, due_on=due_on
        )
        data = {"cents": claim.amount_cents, "due_on": due_on.isoformat()}
        events.record(case, Kind.REPAYMENT_ORDERED, actor=actor, by=by, now=now, **data)
        return actor

    return issue(application, compose, act, by=by, now=now)


@transaction.atomic
def send_back_claim(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """A decider does not agree to a proposed demand; it is dropped, with their note."""
    case = locked(application)
    claim = _proposed(case, grant_of(case), by=by)
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    claim.delete()
    Comment.objects.create(application=case, author=by, text=text, written_at=now)
    events.record(case, Kind.CHECK_SENT_BACK, actor=Actor.DECIDER, by=by, now=now)


def _proposed(case: Application, grant: Grant, *, by) -> Claim:
    claim = Claim.objects.filter(grant=grant, ordered_at=None).first()
    if claim is None or grant.state not in CLAIMED:
        raise RefusedError(MOVED_ON)
    if Actor.DECIDER not in parts_of(by, case) or claim.proposed_by == by:
        raise RefusedError(NOT_YOU)
    return claim


@transaction.atomic
def mark_repaid(application: Application, *, paid_on: dt.date, by, now: dt.datetime) -> None:
    """The money has come back on the local day `paid_on`; it is free for others again."""
    case = locked(application)
    grant = grant_of(case)
    claim = Claim.objects.filter(grant=grant, paid_on=None).first()
    if claim is None:
        raise RefusedError(MOVED_ON)
    if paid_on > clock.today(now):
        raise RefusedError(_("This day is still to come."))
    if paid_on < clock.today(grant.granted_at):
        raise RefusedError(_("This day lies before the grant."))
    actor = take_step(grant, GRANT_STEPS, G.REPAID, case=case, by=by, now=now)
    Claim.objects.filter(pk=claim.pk).update(paid_on=paid_on)
    booking = {"by": by, "now": now, "application": case}
    budget.book(grant.budget, Ledger.REPAYMENT, claim.amount_cents, **booking)
    budget.book(grant.budget, Ledger.DECOMMITMENT, claim.amount_cents, **booking)
    events.record(case, Kind.REPAID, actor=actor, by=by, now=now, cents=claim.amount_cents)
    mails.money_is_back(case, now=now)


def _refuse_trifles(grant: Grant, amount: int) -> None:
    trifle = rules_of(grant.application.rule_set_id).trifle_cents
    if amount <= trifle:
        raise RefusedError(
            _("%(amount)s are not demanded back: the limit is %(trifle)s.")
            % {"amount": money.shown(amount), "trifle": money.shown(trifle)}
        )


# Revocation ---------------------------------------------------------------------------------------


def revoke(application: Application, *, reason: str, by, now: dt.datetime) -> Letter:
    """Revoke a grant after a hearing; open payouts end, what was never paid is free again."""
    on = clock.today(now)
    if not reason.strip():
        raise RefusedError(_("Say why."))

    def compose(case: Application) -> dict:
        if Actor.DECIDER not in parts_of(by, case):
            raise RefusedError(NOT_YOU)
        if not is_heard(case, Hearing.About.REVOCATION, on=on):
            raise RefusedError(_("The recipient has to be heard first."))
        return letters.revocation(grant_of(case), reason=reason, dated=on)

    def act(case: Application, letter: Letter) -> Actor:
        grant = grant_of(case)
        paying.stop(case, grant, reason=_("The grant was revoked."), now=now)
        actor = take_step(grant, GRANT_STEPS, G.REVOKED, case=case, by=by, now=now)
        rest = grant.award_cents - standing_of(grant).paid
        if rest:
            booking = {"by": by, "now": now, "application": case}
            budget.book(grant.budget, Ledger.DECOMMITMENT, rest, **booking)
        events.record(case, Kind.REVOKED, actor=actor, by=by, now=now, returned_cents=rest)
        registry.follow(grant)
        return actor

    return issue(application, compose, act, by=by, now=now)
