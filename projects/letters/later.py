"""What is written after the decision: changes, hearings, objections, revocation, repayment."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from projects import money
from projects.letters.frame import LetterError, content_of, day, in_german, section, text
from projects.letters.plan_tables import plan_annex
from projects.models import Amendment, Application, Claim, Grant, Hearing, Letter, Objection
from projects.models.grant import PlanLine
from projects.states import ObjectionState

Kind = Letter.Kind


@in_german
def amendment(asked: Amendment, *, granted: bool, reason: str, dated: dt.date, by=None) -> dict:
    """The decision on a change of a grant; the new plan is its annex where it is granted."""
    grant = asked.grant
    if not granted:
        return content_of(
            grant.application,
            Kind.AMENDMENT,
            dated=dated,
            opening=[_changed_on(asked), _("We cannot agree to it. Our decision stays as it is.")],
            sections=[section(_("Reasons"), text(reason))],
        )
    return content_of(
        grant.application,
        Kind.AMENDMENT,
        dated=dated,
        opening=[
            _changed_on(asked),
            _("We agree, and change our decision as follows. All else stays as it is."),
        ],
        sections=[
            section(_("What changes"), text("\n".join(_changes(asked)))),
            section(_("Reasons"), text(reason)),
        ],
        annexes=[_new_plan(asked)],
        enclosures=[_("Approved plan of costs and financing")],
    )


def _changed_on(asked: Amendment) -> str:
    return _("You asked for a change of the grant on %(day)s.") % {
        "day": day(clock.today(asked.requested_at))
    }


def _changes(asked: Amendment) -> list[str]:
    grant = asked.grant
    found = []
    if asked.award_cents is not None and asked.award_cents != grant.award_cents:
        found.append(
            _("The grant is now up to %(new)s instead of %(old)s.")
            % {"new": money.shown(asked.award_cents), "old": money.shown(grant.award_cents)}
        )
    starts_on, ends_on = asked.starts_on or grant.starts_on, asked.ends_on or grant.ends_on
    if (starts_on, ends_on) != (grant.starts_on, grant.ends_on):
        found.append(
            _("The project now runs from %(start)s to %(end)s.")
            % {"start": day(starts_on), "end": day(ends_on)}
        )
    if asked.lines:
        found.append(_("The plan in the annex takes the place of the former one."))
    return found or [_("Nothing changes but what you told us.")]


def _new_plan(asked: Amendment) -> dict:
    grant = asked.grant
    lines = {side: [] for side in PlanLine.Side}
    for line in grant.lines.order_by("side", "position"):
        lines[PlanLine.Side(line.side)].append(line)
    costs = [
        {
            "kind": line.kind,
            "description": line.description,
            "applied_cents": line.applied_cents,
            "approved_cents": asked.lines.get(str(line.position), line.approved_cents),
            "note": line.note,
        }
        for line in lines[PlanLine.Side.COSTS]
    ]
    income = [
        {"kind": line.kind, "description": line.description, "approved_cents": line.approved_cents}
        for line in lines[PlanLine.Side.INCOME]
    ]
    award = grant.award_cents if asked.award_cents is None else asked.award_cents
    return plan_annex(costs, income, award_cents=award)


@in_german
def hearing(
    application: Application,
    *,
    about: Hearing.About,
    amount_cents: int,
    reason: str,
    answer_until: dt.date,
    dated: dt.date,
    by=None,
) -> dict:
    """The chance to answer before a grant is revoked, or `amount_cents` are demanded back."""
    amount = {"amount": money.shown(amount_cents)}
    if about == Hearing.About.REVOCATION:
        intent = _("We intend to revoke the grant.")
        if amount_cents:
            intent += " " + _("We would then demand %(amount)s back.") % amount
    else:
        intent = _("We intend to demand %(amount)s back.") % amount
    return content_of(
        application,
        Kind.HEARING,
        dated=dated,
        opening=[intent],
        sections=[
            section(_("Why"), text(reason)),
            section(
                _("What you can do"),
                text(
                    _(
                        "You can answer in the portal or by letter until %(day)s (§ 28 VwVfG). "
                        "After that we decide on what we know by then."
                    )
                    % {"day": day(answer_until)}
                ),
            ),
        ],
    )


@in_german
def revocation(grant: Grant, *, reason: str, dated: dt.date, by=None) -> dict:
    """The revocation of a grant for the future and the past (§ 49(3) VwVfG)."""
    return content_of(
        grant.application,
        Kind.REVOCATION,
        dated=dated,
        opening=[
            _("We revoke the grant of %(amount)s.") % {"amount": money.shown(grant.award_cents)},
            _("No more money is paid. What has been paid is demanded back by a separate letter."),
        ],
        sections=[
            section(_("Reasons"), text(reason), text(_("The revocation rests on § 49(3) VwVfG.")))
        ],
    )


@in_german
def repayment(claim: Claim, *, due_on: dt.date, dated: dt.date, by=None) -> dict:
    """The demand to pay money back until the end of the local day `due_on`.

    Raises LetterError where the rules name no account.
    """
    application = claim.grant.application
    account = application.rule_set.repayment_account.strip()
    if not account:
        raise LetterError(
            gettext_lazy("The rules of this programme name no account for repayments yet.")
        )
    payment = [
        _("Please pay until %(day)s to this account:") % {"day": day(due_on)},
        account,
        _("Reason for payment: %(number)s") % {"number": application.reference},
    ]
    return content_of(
        application,
        Kind.REPAYMENT,
        dated=dated,
        opening=[
            _("You have to pay %(amount)s back.") % {"amount": money.shown(claim.amount_cents)}
        ],
        sections=[
            section(_("How to pay"), text("\n".join(payment))),
            section(
                _("Reasons"),
                text(claim.reason),
                text(_("The demand rests on § 49a VwVfG. After this day the sum bears interest.")),
            ),
        ],
    )


@in_german
def objection(
    filed: Objection, *, outcome: ObjectionState, reason: str, dated: dt.date, by=None
) -> dict:
    """What becomes of an objection: the decision stands, or it is opened again."""
    received = {"day": day(filed.received_on), "letter": day(filed.letter.dated)}
    opening = [
        _("You objected to our decision of %(letter)s; we received it on %(day)s.") % received
    ]
    if outcome == ObjectionState.GRANTED:
        opening.append(_("The objection is right. We decide anew."))
    else:
        opening.append(_("We do not follow the objection. The decision stands."))
    return content_of(
        filed.application,
        Kind.OBJECTION,
        dated=dated,
        opening=opening,
        sections=[section(_("Reasons"), text(reason))],
    )
