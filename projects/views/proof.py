"""The proof of use: what is left to do, the report, the last look, and what was sent."""

import uuid
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from portal import clock
from portal.files import as_attachment
from projects import proof_papers
from projects.models import Application, Grant, Proof, ProofVersion, Settlement
from projects.plan_words import name_of
from projects.proof import result_of, rules_for, use_of
from projects.report import REPORT
from projects.sections.reading import answers_of
from projects.standing import due_on, proof_until, standing_of
from projects.states import GrantState
from projects.tasks import Task, TaskState
from projects.views.grant import address, grant_of
from projects.views.shared import case_of, case_page, moment
from projects.workflow import RefusedError, proving, reclaiming

PAGES = {REPORT.slug: "proof_report", proof_papers.RECEIPTS: "receipts"}


def proof_of(grant: Grant) -> Proof:
    """The proof of use as it is written so far; one without a row before the first word."""
    return Proof.objects.filter(grant=grant).first() or Proof(grant=grant)


@case_page
def overview(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """What there is to do, until when, what the office asks; and later what came out of it."""
    found = case_of(request, case)
    grant = grant_of(found)
    proof = proof_of(grant)
    is_open = proving.may_prove(request.applicant, grant)
    claim = getattr(grant, "claim", None)
    context = {
        "application": found,
        "grant": grant,
        "proof": proof,
        "is_open": is_open,
        "is_sendable": is_open and grant.state in proving.SENDABLE,
        "tasks": _tasks(found, grant, proof) if is_open else [],
        "until": proof_until(grant),
        "query_until": due_on(grant, "query") if proof.query else None,
        "percent": rules_for(grant).deviation_percent,
        "versions": _versions(grant),
        "settled": _settled(grant),
        "hearing": reclaiming.open_hearing(found),
        "claim": claim if claim and claim.ordered_at else None,
        "claim_until": due_on(grant, "repayment"),
        "account": found.rule_set.repayment_account,
    }
    return render(request, "projects/proof/overview.html", context)


def _versions(grant: Grant):
    return grant.proof_versions.defer("pdf", "content").order_by("-number")


def _settled(grant: Grant) -> dict | None:
    """How the check came out, once it counts: the sums, and each line that was cut."""
    rows = Settlement.objects.filter(grant=grant, sent_back_at=None)
    row = rows.exclude(confirmed_at=None).first()
    if row is None:
        return None
    uses = {str(each.line.position): each for each in use_of(grant).costs}
    cuts = [
        (name_of(uses[position].line), uses[position].actual, line["recognised_cents"], line)
        for position, line in row.lines.items()
        if position in uses and line["recognised_cents"] < uses[position].actual
    ]
    return {"row": row, "cuts": cuts, "paid": standing_of(grant).paid}


def _tasks(found: Application, grant: Grant, proof: Proof) -> list[Task]:
    problems = proof_papers.problems_of(proof)
    wrong = {problem.section for problem in problems}
    receipts = grant.receipts.count()
    lists = proof.lists.count() if proof.pk else 0
    return [
        _task(found, REPORT.slug, _("Report"), begun=bool(proof.answers), wrong=wrong),
        _task(
            found,
            proof_papers.RECEIPTS,
            _("Receipts"),
            begun=bool(receipts),
            wrong=wrong,
            detail=str(receipts) if receipts else "",
        ),
        Task(
            "listen",
            _("Lists of participants"),
            address(found, "participants"),
            TaskState.DONE if lists else TaskState.OPTIONAL,
            is_open=True,
            detail=str(lists) if lists else "",
        ),
    ]


def _task(
    found: Application, slug: str, title: str, *, begun: bool, wrong: set[str], detail: str = ""
) -> Task:
    state = TaskState.BEGUN if begun else TaskState.NOT_BEGUN
    if slug not in wrong:
        state = TaskState.DONE
    return Task(slug, title, address(found, PAGES[slug]), state, is_open=True, detail=detail)


# The report ---------------------------------------------------------------------------------------


@case_page
def report(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The report: shown, and saved as it was typed. `?fehlt=1` shows what is still missing."""
    found = case_of(request, case)
    grant = grant_of(found)
    if request.method == "POST":
        return _save(request, found)
    if not proving.may_prove(request.applicant, grant):
        return redirect("projects:proof", found.uuid)
    proof = proof_of(grant)
    bound = proof_papers.report_of(proof, is_final="fehlt" in request.GET)
    return _show_report(request, found, proof, bound)


def _show_report(
    request: HttpRequest, found: Application, proof: Proof, bound, *, status: int = 200, **context
) -> HttpResponse:
    errors = bound.summary
    context = {
        "application": found,
        "part": REPORT,
        "bound": bound,
        "revision": proof.revision,
        "saved_at": proof.saved_at,
        "errors": errors,
        "has_errors": bool(errors),
        **context,
    }
    return render(request, "projects/proof/report.html", context, status=status)


def _save(request: HttpRequest, found: Application) -> HttpResponse:
    raw = REPORT.read(request.POST)
    revision = request.POST.get("revision", "")
    revision = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    quiet = request.headers.get("Accept") == "application/json"
    try:
        saved = proving.save_report(found, raw, revision=revision, **moment(request))
    except proving.StaleError as stale:
        if quiet:
            return JsonResponse({"conflict": True}, status=409)
        return _show_both(request, found, raw, stale.proof)
    except RefusedError:
        if quiet:
            return JsonResponse({"closed": True}, status=409)
        text = _("What you typed was not saved: the proof of use is not open any more.")
        messages.warning(request, text)
        return redirect("projects:proof", found.uuid)
    if quiet:
        at = time_format(clock.local(saved.saved_at), "TIME_FORMAT")
        text = _("Saved at %(time)s.") % {"time": at}
        return JsonResponse({"revision": saved.revision, "text": text})
    bound = proof_papers.report_of(saved)
    if not bound.is_valid():
        return _show_report(request, found, saved, bound, status=422, is_saved=True)
    later = "later" in request.POST or saved.grant.receipts.exists()
    return redirect("projects:proof" if later else "projects:receipts", found.uuid)


def _show_both(request: HttpRequest, found: Application, raw, stored: Proof) -> HttpResponse:
    """What is stored, to read, and what was typed, to save or to drop."""
    theirs = answers_of(proof_papers.report_of(stored))
    mine = Proof(grant=stored.grant, answers=raw, revision=stored.revision)
    mine.saved_at = stored.saved_at
    bound = proof_papers.report_of(mine)
    both = {"theirs": theirs, "theirs_at": stored.saved_at}
    return _show_report(request, found, mine, bound, status=409, **both)


# Sending ------------------------------------------------------------------------------------------


@case_page
def check(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The last look, and the button that sends the proof of use."""
    found = case_of(request, case)
    if request.method == "POST":
        return _submit(request, found)
    grant = grant_of(found)
    if not proving.may_prove(request.applicant, grant):
        return redirect(_after(found, grant))
    return _show_check(request, found, grant)


def _after(found: Application, grant: Grant) -> str:
    """Where somebody belongs who comes back to the button after it was pressed."""
    is_sent = grant.state == GrantState.PROOF_SUBMITTED
    return address(found, "proof_receipt" if is_sent else "proof")


def _submit(request: HttpRequest, found: Application) -> HttpResponse:
    grant = grant_of(found)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        if not proving.may_prove(request.applicant, grant):
            return redirect(_after(found, grant))
        text = _("Please press the button once more.")
        return _show_check(request, found, grant, refused=text, status=409)
    try:
        proving.submit(found, key=key, **moment(request))
    except proving.UnfinishedError:
        return _show_check(request, found, grant_of(found), status=422)
    except RefusedError as refused:
        grant = grant_of(found)
        if not proving.may_prove(request.applicant, grant):
            return redirect(_after(found, grant))
        text = " ".join(refused.messages)
        return _show_check(request, found, grant, refused=text, status=409)
    return redirect("projects:proof_receipt", found.uuid)


def _show_check(
    request: HttpRequest,
    found: Application,
    grant: Grant,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    proof = proof_of(grant)
    problems = proof_papers.problems_of(proof)
    use = use_of(grant)
    result = result_of(grant, {}, paid=standing_of(grant).paid)
    context = {
        "application": found,
        "grant": grant,
        "problems": [(address(found, PAGES[each.section]), each) for each in problems],
        "warnings": proof_papers.warnings_of(grant),
        "read": answers_of(proof_papers.report_of(proof)),
        "sides": _sides(use),
        "use": use,
        "result": result,
        "receipts": grant.receipts.count(),
        "lists": proof.lists.all() if proof.pk else [],
        "is_sendable": grant.state in proving.SENDABLE,
        "key": uuid.uuid4(),
        "refused": refused,
        "has_errors": bool(refused) or status == 422,
    }
    return render(request, "projects/proof/check.html", context, status=status)


def _sides(use) -> list[tuple[str, list[tuple], int, int]]:
    """Costs and money: each line as (name, planned, actual, difference), and both sums."""
    return [
        (
            title,
            [(name_of(each.line), each.planned, each.actual, each.difference) for each in lines],
            sum(each.planned for each in lines),
            sum(each.actual for each in lines),
        )
        for title, lines in ((_("Costs"), use.costs), (_("Other money"), use.income))
        if lines
    ]


@case_page
def receipt(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """That it has arrived, when, and what happens next."""
    found = case_of(request, case)
    version = _versions(grant_of(found)).first()
    if version is None:
        return redirect("projects:proof", found.uuid)
    context = {"application": found, "version": version}
    return render(request, "projects/proof/receipt.html", context)


@case_page
def document(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """The document of a version, as it was made when it was sent."""
    found = case_of(request, case)
    row = ProofVersion.objects.defer("content").filter(grant=grant_of(found), number=number).first()
    if row is None:
        raise Http404("no such version")
    name = f"{found.reference}-{_('proof of use')}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")
