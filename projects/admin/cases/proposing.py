"""The proposal of a decision: what a caseworker has checked, and how it is to be decided."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, budget, workflow
from projects.admin.cases.frame import Panel, Possible, Seen, View, address, case_of
from projects.admin.cases.proposal_forms import BLOCKS, ProposalForm, with_block
from projects.budget import Sums
from projects.models import Application, Proposal
from projects.plan import cost_lines, income_lines
from projects.rules import rules_of
from projects.states import Actor, ApplicationState
from projects.terms import CheckKey, CostKind
from projects.workflow.proposing import last_version, open_proposal
from projects.workflow.waiting import waiting_for

S = ApplicationState


def read(seen: Seen) -> dict:
    """What is proposed, or was last; and the money of the budget."""
    case = seen.case
    if case.submitted_at is None:
        return {"proposal": None}
    found = open_proposal(case) or _last_proposal(case)
    return {
        "proposal": found and shown(found),
        "sums": sums_for(case) if found else None,
        "place": place_of(case),
        "may_preview": bool(seen.parts & {Actor.CASEWORKER, Actor.DECIDER}),
    }


def place_of(case: Application) -> int | None:
    """Which one it is on the waiting list, from 1 on; None where it is on none."""
    if case.state != S.WAITLISTED:
        return None
    others = waiting_for(case.call.rule_set.programme_id, case.call.budget_year)
    return others.filter(rank__lt=case.rank or 0).count() + 1


def _last_proposal(case: Application) -> Proposal | None:
    rows = case.proposals.select_related("application", "version", "proposed_by")
    return rows.defer("version__pdf").order_by("pk").last()


PANEL = Panel("admin/projects/application/_proposal.html", read)


def shown(proposal: Proposal) -> dict:
    """A proposal as people read it; what differs from the application is marked."""
    lines = []
    if proposal.kind == Proposal.Kind.GRANT:
        applied = cost_lines(proposal.version.content)
        lines = [
            {
                "what": line["description"] or CostKind(line["kind"]).label,
                "applied": line["applied_cents"],
                "approved": decided["approved_cents"],
                "note": decided.get("note", ""),
                "differs": line["applied_cents"] != decided["approved_cents"],
            }
            for line, decided in zip(applied, proposal.lines, strict=False)
        ]
    return {
        "row": proposal,
        "is_open": proposal.settled_at is None,
        "is_grant": proposal.kind == Proposal.Kind.GRANT,
        "is_partial": 0 < proposal.amount_cents < (proposal.application.requested_cents or 0),
        "lines": lines,
        "checks": [(CheckKey(key).label, key in proposal.checklist) for key in CheckKey.values],
    }


def sums_for(case: Application) -> Sums | None:
    """How the budget stands from which this case is paid; None where there is none."""
    pot = budget.budget_of(case.call)
    return None if pot is None else budget.sums_of(pot)


def possible(seen: Seen) -> Iterator[Possible]:
    if seen.case.state == S.IN_REVIEW:
        yield Possible(
            "propose",
            _("Propose a decision"),
            address(seen.case, "propose"),
            reason=seen.why_not(Actor.CASEWORKER),
            is_main=True,
        )


def propose(page, request: HttpRequest, pk: int) -> HttpResponse:
    """The form of the proposal; `insert` puts a block of text into one of its fields."""
    case = case_of(page, request, pk)
    if Actor.CASEWORKER not in actors.actors_for(request.user, case):
        raise PermissionDenied
    version = last_version(case)
    if case.state != S.IN_REVIEW or version is None:
        messages.error(request, _("Nothing can be proposed at the moment."))
        return HttpResponseRedirect(address(case))
    lines = cost_lines(version.content)
    options = {"case": case, "lines": lines}
    form = ProposalForm(initial=_beginning(case, len(lines)), **options)
    insert = request.POST.get("insert", "")
    if request.method == "POST" and insert in BLOCKS:
        form = ProposalForm(
            initial=with_block(request.POST, insert, form.blocks[insert]), **options
        )
    elif request.method == "POST":
        form = ProposalForm(request.POST, **options)
        if form.is_valid() and _is_proposed(request, case, form):
            messages.success(request, _("It is proposed. Somebody else decides now."))
            return HttpResponseRedirect(address(case))
    context = {
        "title": _("Propose a decision"),
        "case": case,
        "form": form,
        "version": version,
        "back": address(case),
        "sums": sums_for(case),
        "ceiling": rules_of(case.rule_set_id).ceilings.get(case.measure_kind),
        "other_cents": sum(line["applied_cents"] for line in income_lines(version.content)),
        "problems": form.errors,
    }
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/propose.html", context, status=status)


def _is_proposed(request: HttpRequest, case: Application, form: ProposalForm) -> bool:
    """Whether the verb took it; else the form says why not."""
    try:
        read_version = int(request.POST.get("version", "")[:6])
    except ValueError:
        read_version = 0
    try:
        workflow.propose(
            case, form.wanted(), version=read_version, by=request.user, now=clock.now()
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True


def _beginning(case: Application, count: int) -> dict:
    """What the form begins with: what was proposed before, or a grant as it was applied for."""
    last = case.proposals.order_by("pk").last()
    ceiling = rules_of(case.rule_set_id).ceilings.get(case.measure_kind, case.requested_cents)
    if last is None or last.kind != Proposal.Kind.GRANT or len(last.lines) != count:
        return {
            "amount": min(case.requested_cents, ceiling),
            "reason": last.reason if last else "",
            "kind": last.kind if last else "",
        }
    found = {
        "kind": last.kind,
        "amount": last.amount_cents,
        "reason": last.reason,
        "conditions": last.conditions,
        "checklist": last.checklist,
    }
    for number, line in enumerate(last.lines):
        found |= {
            f"approved_{number}": line["approved_cents"],
            f"note_{number}": line.get("note", ""),
        }
    return found


VIEWS: dict[str, tuple[str, View]] = {"propose": ("<int:pk>/propose/", propose)}
