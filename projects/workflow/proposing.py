"""What a caseworker proposes to decide, and the end of a proposal that is not followed.

A proposed grant is reserved in the budget: that is shown and blocks nothing. The reservation ends
with the proposal, and while the application is on the waiting list.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from projects import budget, events, money
from projects.events import Kind
from projects.models import Application, ApplicationVersion, Budget, Comment, LedgerEntry, Proposal
from projects.plan import cost_lines
from projects.rules import rules_of
from projects.states import ApplicationState
from projects.terms import CheckKey
from projects.workflow.moving import MOVED_ON, RefusedError, locked, move

S = ApplicationState
NOTE_LENGTH = 300


@dataclass(frozen=True)
class Wanted:
    """What is to be proposed. Amounts are cents.

    `lines` holds `{"approved_cents", "note"}` for each line of costs, in the order of the plan;
    `checklist` the keys of `CheckKey` that are fulfilled. A refusal needs its reason alone.
    """

    kind: Proposal.Kind
    reason: str
    amount_cents: int = 0
    lines: Sequence[Mapping] = ()
    checklist: Sequence[str] = ()
    conditions: str = ""

    @property
    def recognised_cents(self) -> int:
        return sum(line["approved_cents"] for line in self.lines)


@transaction.atomic
def propose(
    application: Application, wanted: Wanted, *, version: int, by, now: dt.datetime
) -> Proposal:
    """Propose a decision on the version with this number, which has to be the last.

    Raises RefusedError with all that keeps it from being proposed.
    """
    case = locked(application)
    checked = last_version(case)
    if checked is None or checked.number != version:
        raise RefusedError(
            _("The application has been changed since you opened this page. Check it once more.")
        )
    wrong = objections(wanted, case, checked)
    if wrong:
        raise RefusedError(wrong)
    is_grant = wanted.kind == Proposal.Kind.GRANT
    actor = move(case, S.PROPOSED, by=by, now=now)
    proposal = Proposal.objects.create(
        application=case,
        version=checked,
        kind=wanted.kind,
        recognised_cents=wanted.recognised_cents if is_grant else 0,
        amount_cents=wanted.amount_cents if is_grant else 0,
        lines=[dict(line) for line in wanted.lines] if is_grant else [],
        checklist=[key for key in CheckKey.values if key in wanted.checklist],
        reason=wanted.reason.strip(),
        conditions=wanted.conditions.strip() if is_grant else "",
        proposed_by=by,
        proposed_at=now,
    )
    reserve(case, proposal, by=by, now=now)
    data = {"version": version, "what": str(wanted.kind), "cents": proposal.amount_cents}
    events.record(case, Kind.PROPOSED, actor=actor, by=by, now=now, **data)
    return proposal


def objections(wanted: Wanted, case: Application, version: ApplicationVersion) -> list[str]:
    """What keeps this from being proposed, in words; nothing where it is right."""
    found = [] if wanted.reason.strip() else [_("Give the reason.")]
    if wanted.kind == Proposal.Kind.REFUSAL:
        return found
    if set(wanted.checklist) != set(CheckKey.values):
        found.append(_("A grant is proposed once all points of the checklist are fulfilled."))
    return found + _wrong_lines(wanted, version) + _wrong_amount(wanted, case)


def _wrong_lines(wanted: Wanted, version: ApplicationVersion) -> list[str]:
    lines = cost_lines(version.content)
    if len(lines) != len(wanted.lines):
        return [_("Say for each line of the plan how much is recognised.")]
    found = []
    for number, (line, decided) in enumerate(zip(lines, wanted.lines, strict=True), start=1):
        if not 0 <= decided["approved_cents"] <= line["applied_cents"]:
            found.append(
                _("Line %(number)d: recognise %(amount)s at most, as applied for.")
                % {"number": number, "amount": money.shown(line["applied_cents"])}
            )
        if len(decided.get("note", "")) > NOTE_LENGTH:
            found.append(_("Line %(number)d: the note is too long.") % {"number": number})
    return found


def _wrong_amount(wanted: Wanted, case: Application) -> list[str]:
    rules = rules_of(case.rule_set_id)
    amount = wanted.amount_cents
    if amount <= 0:
        return [_("Grant more than nothing, or propose a refusal.")]
    ceiling = rules.ceilings.get(case.measure_kind)
    if ceiling is None:
        return [_("The rules fund no projects of this kind.")]
    found = []
    if amount > ceiling:
        found.append(
            _("For this kind of project, the grant is %(amount)s at most.")
            % {"amount": money.shown(ceiling)}
        )
    if amount > case.requested_cents:
        found.append(
            _("The applicant has asked for %(amount)s; more is not granted.")
            % {"amount": money.shown(case.requested_cents)}
        )
    if amount > wanted.recognised_cents:
        found.append(
            _("The recognised costs are %(amount)s; more is not granted.")
            % {"amount": money.shown(wanted.recognised_cents)}
        )
    if amount < rules.minimum_cents:
        found.append(
            _("The smallest grant is %(amount)s.") % {"amount": money.shown(rules.minimum_cents)}
        )
    return found


@transaction.atomic
def send_back(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """Give a proposal back to the caseworker, with a note on why; also from the waiting list."""
    if not text.strip():
        raise RefusedError(_("Say why, so that the caseworker knows what to do."))
    case = locked(application)
    if case.state not in (S.PROPOSED, S.WAITLISTED):
        raise RefusedError(MOVED_ON)
    actor = move(case, S.IN_REVIEW, by=by, now=now, rank=None)
    drop(case, by=by, now=now)
    Comment.objects.create(application=case, author=by, text=text.strip(), written_at=now)
    events.record(case, Kind.SENT_BACK, actor=actor, by=by, now=now)


# For whoever moves a case on ----------------------------------------------------------------------


def last_version(case: Application) -> ApplicationVersion | None:
    return case.versions.defer("pdf").order_by("number").last()


def open_proposal(case: Application) -> Proposal | None:
    """What is proposed for `case` and not settled, with `case` itself as its application."""
    rows = case.proposals.filter(settled_at=None).select_related("version", "proposed_by")
    found = rows.defer("version__pdf").first()
    if found is not None:
        found.application = case
    return found


def drop(case: Application, *, by, now: dt.datetime) -> None:
    """End the open proposal of the locked `case`, if there is one, and what is reserved for it."""
    case.proposals.filter(settled_at=None).update(settled_at=now)
    unreserve(case, by=by, now=now)


def reserve(case: Application, proposal: Proposal, *, by, now: dt.datetime) -> None:
    """Show in the budget what `proposal` would take; where there is no budget, nowhere."""
    pot = budget.budget_of(case.call)
    if pot is not None and proposal.amount_cents:
        kind = LedgerEntry.Kind.RESERVATION
        budget.book(pot, kind, proposal.amount_cents, by=by, now=now, application=case)


def unreserve(case: Application, *, by, now: dt.datetime) -> None:
    """End what is reserved for the locked `case`, in whatever budget."""
    kind = LedgerEntry.Kind.RESERVATION
    rows = LedgerEntry.objects.filter(application=case, kind=kind).order_by()
    sums = rows.values_list("budget").annotate(cents=Sum("cents"))
    for pot, cents in sums.exclude(cents=0):
        row = Budget.objects.get(pk=pot)
        budget.book(row, kind, -cents, by=by, now=now, application=case)
