"""The decision on an application: grant, partial grant, refusal."""

import datetime as dt

from django.utils.translation import gettext as _

from contacts.working_days import next_working_day
from portal import clock
from projects import money
from projects.letters.frame import content_of, day, in_german, section, text
from projects.letters.plan_tables import plan_annex
from projects.models import Application, Letter, Proposal
from projects.plan import cost_lines, income_lines
from projects.rules import Rules, rules_of
from projects.terms import LEGAL_PERSONS, ApplicantType, FundingKind

Kind = Letter.Kind


def kind_of(proposal: Proposal) -> Kind:
    """Less than was applied for is a partial grant."""
    if proposal.kind == Proposal.Kind.REFUSAL:
        return Kind.REFUSAL
    is_partial = proposal.amount_cents < proposal.application.requested_cents
    return Kind.PARTIAL_GRANT if is_partial else Kind.GRANT


def proof_due_on(application: Application, ends_on: dt.date) -> dt.date:
    """The local day until which the use is to be proved: weeks after the end, on a working day."""
    after = ends_on + dt.timedelta(weeks=application.rule_set.proof_weeks)
    return next_working_day(after, application.agency.state)


@in_german
def decision(proposal: Proposal, *, dated: dt.date, by=None) -> dict:
    """The letter that `proposal` leads to, dated on the local day `dated`."""
    if proposal.kind == Proposal.Kind.REFUSAL:
        return _refusal(proposal, dated=dated)
    return _grant(proposal, dated=dated)


def _refusal(proposal: Proposal, *, dated: dt.date) -> dict:
    application = proposal.application
    return content_of(
        application,
        Kind.REFUSAL,
        dated=dated,
        opening=[
            *_about(application),
            _("We have to refuse the grant that you applied for."),
        ],
        sections=[section(_("Reasons"), text(proposal.reason), text(_discretion()))],
    )


def _grant(proposal: Proposal, *, dated: dt.date) -> dict:
    application = proposal.application
    rules = rules_of(application.rule_set_id)
    period = {"start": day(application.starts_on), "end": day(application.ends_on)}
    return content_of(
        application,
        kind_of(proposal),
        dated=dated,
        opening=[
            *_about(application),
            _("We grant you up to %(amount)s for this project.")
            % {"amount": money.shown(proposal.amount_cents)},
            _("The money is meant for the project alone, from %(start)s to %(end)s.") % period,
        ],
        sections=[
            section(_("Kind and amount of the grant"), text(_kind_of_funding(proposal, rules))),
            section(_("How you get the money"), text(_payout(application, rules))),
            section(_("Proof of use"), text(_proof(application, rules))),
            *_conditions(proposal),
            section(_("General conditions"), text(_general(application))),
            *_reasons(proposal),
        ],
        annexes=[_plan(proposal)],
        enclosures=[_("Approved plan of costs and financing")],
    )


def _about(application: Application) -> list[str]:
    sent = clock.today(application.submitted_at) if application.submitted_at else None
    if application.received_on:
        sent = application.received_on
    opening = _("You applied for a grant of %(amount)s on %(day)s.") % {
        "amount": money.shown(application.requested_cents),
        "day": day(sent),
    }
    return [opening]


def _kind_of_funding(proposal: Proposal, rules: Rules) -> str:
    sentences = {
        FundingKind.GAP: _(
            "It is a project grant. It covers what is missing after all other money (gap "
            "funding), and %(amount)s at most."
        ),
        FundingKind.SHARE: _(
            "It is a project grant. It covers a fixed share of the recognised costs (share "
            "funding), and %(amount)s at most."
        ),
        FundingKind.FIXED: _("It is a project grant of a fixed amount, %(amount)s."),
    }
    amount = money.shown(proposal.amount_cents)
    parts = [
        sentences[rules.funding_kind] % {"amount": amount},
        _("We recognise costs of %(costs)s; the plan in the annex is binding.")
        % {"costs": money.shown(proposal.recognised_cents)},
        _("More money cannot be granted later."),
    ]
    if rules.funding_kind == FundingKind.SHARE:
        share = proposal.amount_cents * 100 / proposal.recognised_cents
        parts.append(_("The share is %(percent)s percent.") % {"percent": f"{share:.2f}"})
    return " ".join(parts)


def _payout(application: Application, rules: Rules) -> str:
    parts = [
        _("Ask for the money in the portal, in one sum or in instalments."),
        _("What is paid in advance has to be spent within %(months)d months.")
        % {"months": rules.advance_months},
    ]
    if rules.pays_after_finality:
        parts.append(
            _(
                "We can pay once this decision is final, that is when the time for an objection "
                "is over, or earlier if you waive the objection in the portal."
            )
        )
    if application.call.payouts_until:
        parts.append(
            _("The last day on which you can ask for money is %(day)s.")
            % {"day": day(application.call.payouts_until)}
        )
    return " ".join(parts)


def _proof(application: Application, rules: Rules) -> str:
    due_on = proof_due_on(application, application.ends_on)
    return " ".join(
        [
            _("By %(day)s you show how the money was used.") % {"day": day(due_on)},
            _(
                "The proof of use is a short report, a comparison of the plan with what was spent, "
                "and a list of receipts."
            ),
            _("Keep the receipts themselves for %(years)d years.")
            % {"years": rules.receipts_years},
        ]
    )


def _conditions(proposal: Proposal) -> list[dict]:
    if not proposal.conditions.strip():
        return []
    return [section(_("Special conditions"), text(proposal.conditions))]


def _general(application: Application) -> str:
    """Which general conditions hold, and what they come to. § 49(3), § 49a VwVfG."""
    is_municipal = application.applicant_type == ApplicantType.MUNICIPAL
    named = (
        _("The general conditions for grants to municipal bodies (ANBest-K) are part of it.")
        if is_municipal
        else _("The general conditions for project grants (ANBest-P) are part of it.")
    )
    parts = [
        named,
        _("Tell us at once when costs, days, other money or the purpose change."),
        _("In publications, name the county and the Free State as funders, with their logos."),
        _("Money that was not needed is paid back."),
        _(
            "If the money is used for something else, or conditions are not kept, this decision "
            "can be revoked (§ 49(3) VwVfG), and the money bears interest (§ 49a VwVfG)."
        ),
    ]
    if application.applicant_type in LEGAL_PERSONS:
        parts.append(_("The county and its auditors may look at books and receipts."))
    return " ".join(parts)


def _reasons(proposal: Proposal) -> list[dict]:
    """Where less is granted than was applied for, the reasons are spelled out (§ 39 VwVfG)."""
    parts = [text(proposal.reason)] if proposal.reason.strip() else []
    return [section(_("Reasons"), *parts, text(_discretion()))]


def _discretion() -> str:
    return _(
        "Nobody has a right to a grant. We decide at our due discretion, within the money that is "
        "there."
    )


def _plan(proposal: Proposal) -> dict:
    content = proposal.version.content
    approved = proposal.lines
    costs = [
        {**line, **_approved(approved, number, line)}
        for number, line in enumerate(cost_lines(content))
    ]
    income = [{**line, "approved_cents": line["applied_cents"]} for line in income_lines(content)]
    return plan_annex(costs, income, award_cents=proposal.amount_cents)


def _approved(lines: list[dict], number: int, line: dict) -> dict:
    """What the caseworker wrote to the line; what they did not touch is as applied for."""
    found = lines[number] if number < len(lines) else {}
    return {
        "approved_cents": found.get("approved_cents", line["applied_cents"]),
        "note": found.get("note", ""),
    }
