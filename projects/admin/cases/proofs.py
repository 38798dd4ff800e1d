"""The proof of use: as it was sent, with its receipts; asked about, checked, and confirmed."""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import clock
from portal.files import as_attachment
from projects import differences
from projects.admin.cases.frame import (
    Panel,
    Possible,
    Seen,
    View,
    address,
    by_post,
    case_of,
    done,
)
from projects.admin.cases.proof_forms import CheckForm, QueryForm
from projects.admin.cases.proposal_forms import WordForm
from projects.admin.cases.steps import acting, granted, with_form
from projects.models import Application, Attachment, Grant, Proof
from projects.plan_words import name_of
from projects.proof import result_of, use_of
from projects.proof_papers import warnings_of
from projects.standing import standing_of
from projects.states import Actor, GrantState
from projects.workflow import proving, settling

G = GrantState
CHECKERS = frozenset({Actor.CASEWORKER, Actor.DECIDER})


def read(seen: Seen) -> dict:
    """What was sent last; what is being written is the recipient's own until they send it."""
    grant = getattr(seen.case, "grant", None)
    version = grant and grant.proof_versions.defer("pdf").order_by("number").last()
    if not version:
        return {}
    proof = getattr(grant, "proof", None)
    checks = grant.settlements.select_related("checked_by", "confirmed_by")
    is_with_us = grant.state not in proving.WRITABLE
    return {
        "proof": proof,
        "proof_versions": list(grant.proof_versions.defer("pdf", "content")),
        "proof_report": differences.texts_of(version.content["report"]),
        "proof_sides": _sides(grant, version.content),
        "proof_receipts": _receipts(seen.case, grant, version.content),
        "proof_warnings": warnings_of(grant) if is_with_us else [],
        "proof_lists": proof.lists.all() if proof and seen.held & CHECKERS else [],
        "settlements": list(checks),
        "asks": grant.state == G.PROOF_QUERIED,
    }


PANEL = Panel("admin/projects/application/_proof.html", read)


def _names(grant: Grant) -> dict[tuple[str, int], str]:
    return {(line.side, line.position): name_of(line) for line in grant.lines.all()}


def _sides(grant: Grant, content: dict) -> list[dict]:
    """Costs and other money, with the name of each line and the sums."""
    names = _names(grant)
    found = []
    for side, title in (("costs", _("Costs")), ("income", _("Other money"))):
        lines = [
            {
                "name": names.get((side, line["position"]), line["description"]),
                "planned": line["planned_cents"],
                "actual": line["actual_cents"],
                "difference": line["actual_cents"] - line["planned_cents"],
            }
            for line in content[side]
        ]
        sums = {name: sum(line[name] for line in lines) for name in ("planned", "actual")}
        sums["difference"] = sums["actual"] - sums["planned"]
        if lines:
            found.append({"title": title, "lines": lines, **sums})
    return found


def _receipts(case: Application, grant: Grant, content: dict) -> list[dict]:
    names = _names(grant)
    files = {str(row.uuid): row for row in case.attachments.all()}
    return [
        {
            **row,
            "name": names.get((row["side"], row["line"]), ""),
            "day": dt.date.fromisoformat(row["paid_on"]),
            "cents": -row["cents"] if row["kind"] == "refund" else row["cents"],
            "file": files.get(row["file"]),
        }
        for row in content["receipts"]
    ]


def may_open(user_parts: frozenset[Actor], file: Attachment) -> bool:
    """Whether somebody who reads the case may open this file: lists of people are for checkers."""
    is_list = Proof.lists.through.objects.filter(attachment=file).exists()
    return not is_list or bool(user_parts & CHECKERS)


# Steps --------------------------------------------------------------------------------------------


def possible(seen: Seen) -> Iterator[Possible]:
    grant = getattr(seen.case, "grant", None)
    if grant is None or grant.state != G.PROOF_SUBMITTED:
        return
    case, waiting = seen.case, settling.open_settlement(grant)
    if waiting is None:
        reason = seen.why_not(Actor.CASEWORKER)
        label = _("Ask about the proof of use")
        yield Possible("proof_query", label, address(case, "proof_query"), reason)
        if not reason and standing_of(grant).pending:
            reason = _("A payout is still open. Finish or refuse it first.")
        label = _("Check the proof of use")
        yield Possible("proof_check", label, address(case, "proof_check"), reason, is_main=True)
        return
    reason = seen.why_not(Actor.DECIDER)
    url = address(case, "proof_confirm")
    label = _("Confirm what is cut")
    yield Possible("proof_confirm", label, url, reason, by_post=True, is_main=True)
    label = _("Send the check back")
    yield Possible("proof_send_back", label, address(case, "proof_send_back"), reason)


def document(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The document of a version, as it was made when it was sent."""
    case = case_of(page, request, pk)
    row = granted(case).proof_versions.defer("content").filter(number=number).first()
    if row is None:
        raise Http404
    name = f"{case.reference}-{_('proof of use')}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")


def query(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = acting(page, request, pk, Actor.CASEWORKER)
    granted(case)

    def ask(values: dict) -> None:
        moment = {"by": request.user, "now": clock.now()}
        proving.query(case, values["text"], until=values["until"], **moment)

    form = QueryForm(request.POST or None)
    title = _("Ask about the proof of use")
    said = _("The recipient has been asked, and can write it again.")
    return with_form(page, request, case, form, ask, said, title=title)


def check(page, request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is recognised of each line of costs."""
    case = acting(page, request, pk, Actor.CASEWORKER)
    grant = granted(case)
    use, standing = use_of(grant), standing_of(grant)
    result = result_of(grant, {}, paid=standing.paid)
    form = CheckForm(request.POST or None, use=use, unpaid=result.unpaid)

    def settle(values: dict) -> None:
        settling.check(
            case,
            form.recognised(),
            reason=values["reason"],
            rest_given_up=values["rest_given_up"],
            by=request.user,
            now=clock.now(),
        )

    context = {"title": _("Check the proof of use"), "use": use, "result": result}
    context["warnings"] = warnings_of(grant)
    said = _("It is checked. What is cut waits for a second person.")
    return with_form(page, request, case, form, settle, said, template="check_proof", **context)


@by_post
def confirm(page, request: HttpRequest, case: Application) -> HttpResponse:
    said = _("It is confirmed. The recipient gets a mail.")
    return done(request, case, settling.confirm, said)


def send_back(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = acting(page, request, pk, Actor.DECIDER)
    granted(case)
    form = WordForm(request.POST or None, label=_("Note to the caseworker"))

    def back(values: dict) -> None:
        settling.send_back(case, values["text"], by=request.user, now=clock.now())

    said = _("It goes back to the caseworker.")
    return with_form(page, request, case, form, back, said, title=_("Send the check back"))


VIEWS: dict[str, tuple[str, View]] = {
    "proof_document": ("<int:pk>/proof/<int:number>/document/", document),
    "proof_query": ("<int:pk>/proof/query/", query),
    "proof_check": ("<int:pk>/proof/check/", check),
    "proof_confirm": ("<int:pk>/proof/confirm/", confirm),
    "proof_send_back": ("<int:pk>/proof/back/", send_back),
}
