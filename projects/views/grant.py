"""The page of a grant for its recipient: how it stands, and what can be done now."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.views import errors
from projects.grant_forms import AmendmentForm
from projects.models import Application, Grant
from projects.plan_words import differences
from projects.standing import CHANGEABLE, has_open_objection, proof_until, standing_of
from projects.states import GrantState
from projects.status import status_of
from projects.views.letters import letters_of
from projects.views.shared import case_of, case_page, may_write_to_the_office, moment
from projects.workflow import RefusedError, amending, granted, instalments, proving, reclaiming

# In which hardly anybody comes for something else than the proof of use.
PROOF_FIRST = frozenset({GrantState.PROOF_DUE, GrantState.PROOF_QUERIED})


@dataclass(frozen=True)
class Possible:
    """Something that a recipient may do: `reason` says why not now, "" where they can."""

    label: str
    url: str
    hint: str = ""
    reason: str = ""


def grant_of(found: Application) -> Grant:
    """The grant of a case of one's own; 404 where there is none yet."""
    rows = Grant.objects.prefetch_related("payouts", "extensions")
    grant = rows.filter(application=found).first()
    if grant is None:
        raise Http404("no grant")
    grant.application = found
    return grant


def address(found: Application, route: str, *arguments) -> str:
    return reverse(f"projects:{route}", args=[found.uuid, *arguments])


@case_page
def show(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    found = case_of(request, case)
    grant = grant_of(found)
    letters = letters_of(found)
    asked = amending.open_amendment(grant)
    context = {
        "application": found,
        "grant": grant,
        "status": status_of(found),
        "standing": standing_of(grant),
        "proof_until": proof_until(grant),
        "letters": letters,
        "objection_until": _objection_until(grant, letters),
        "payouts": grant.payouts.all(),
        "asked": asked,
        "differences": differences(asked) if asked else [],
        "possible": _possible(request, found, grant),
    }
    return render(request, "projects/grant/grant.html", context)


def _objection_until(grant: Grant, letters: list):
    """The last day for an objection against the grant, as long as it is one."""
    if grant.state != GrantState.ANNOUNCED:
        return None
    decisions = [letter for letter in letters if letter.kind in granted.DECISIONS]
    return decisions[0].until if decisions else None


def _possible(request: HttpRequest, found: Application, grant: Grant) -> list[Possible]:
    """What can be done, in the order in which most people want it."""
    offers = list(_answer(found))
    if grant.state in PROOF_FIRST:
        offers += _proof(found, grant)
    if grant.state in CHANGEABLE | instalments.PAYING:
        hint = _("In as many parts as you need.")
        why_not = instalments.obstacle(found, grant, on=request.on)
        url = address(found, "payout")
        offers.append(Possible(_("Ask for money"), url, hint, why_not))
    if grant.state == GrantState.ANNOUNCED:
        hint = _("The decision is final at once, and money can be paid sooner.")
        url = address(found, "waive")
        offers.append(Possible(_("Waive the objection"), url, hint, _why_no_waiver(found)))
    if grant.state not in PROOF_FIRST:
        offers += _proof(found, grant)
    if grant.state in CHANGEABLE:
        hint = _("Other days, another plan, more or less money.")
        is_asked = amending.open_amendment(grant) is not None
        why_not = _("A change has been asked for already.") if is_asked else ""
        url = address(found, "amendment")
        offers.append(Possible(_("Ask for a change"), url, hint, why_not))
        hint = _("If the project does not take place.")
        offers.append(Possible(_("Decline the grant"), address(found, "decline"), hint))
    return offers


def _answer(found: Application) -> Iterator[Possible]:
    """To a hearing, before money comes back or the grant is revoked."""
    if reclaiming.open_hearing(found):
        hint = _("Say something before it decides.")
        yield Possible(_("Answer the office"), address(found, "hearing"), hint)


def _proof(found: Application, grant: Grant) -> Iterator[Possible]:
    """The proof of use: to be written, or as it was sent."""
    if grant.state in proving.WRITABLE:
        hint = _("The report, and your receipts: begin as soon as you have the first one.")
        yield Possible(_("Proof of use"), address(found, "proof"), hint)
    elif grant.proof_versions.exists():
        hint = _("What you have sent, and what came out of it.")
        yield Possible(_("Proof of use"), address(found, "proof"), hint)


def _why_no_waiver(found: Application) -> str:
    if has_open_objection(found):
        return _("There is an open objection. Withdraw it first.")
    return "" if granted.is_read(found) else _("Open the decision first.")


# Once and for all ---------------------------------------------------------------------------------


@case_page
def waive(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Give up the objection, after a question."""
    said = _("The decision is final. You can ask for money now.")
    states = (GrantState.ANNOUNCED,)
    return _after_a_question(request, case, "waive", granted.waive, said, states)


@case_page
def decline(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Give the grant up, after a question."""
    said = _("You have declined the grant.")
    return _after_a_question(request, case, "decline", granted.decline, said, CHANGEABLE)


def _after_a_question(
    request: HttpRequest, case: uuid.UUID, name: str, verb, said: str, states
) -> HttpResponse:
    found = case_of(request, case)
    grant = grant_of(found)
    if grant.state not in states:
        return redirect("projects:grant", found.uuid)
    if request.method != "POST":
        context = {"application": found, "grant": grant, "standing": standing_of(grant)}
        return render(request, f"projects/grant/{name}.html", context)
    return then(request, found, verb, said, found)


def then(request: HttpRequest, found: Application, verb, said: str, *arguments) -> HttpResponse:
    """Call a verb, say what has been done or why not, and show the grant."""
    try:
        verb(*arguments, **moment(request))
    except RefusedError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(request, said)
    return redirect("projects:grant", found.uuid)


# A change -----------------------------------------------------------------------------------------


@case_page
def amendment(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Ask for other days, another plan, or another amount."""
    found = case_of(request, case)
    grant = grant_of(found)
    if grant.state not in CHANGEABLE or amending.open_amendment(grant):
        return redirect("projects:grant", found.uuid)
    form = AmendmentForm(request.POST or None, grant=grant)
    if request.method == "POST" and form.is_valid():
        if not may_write_to_the_office(request):
            return errors.too_many_requests(request)
        try:
            amending.request(found, form.wanted(), **moment(request))
        except RefusedError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The office has your request, and answers by letter."))
            return redirect("projects:grant", found.uuid)
    context = {"application": found, "grant": grant, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "projects/grant/amendment.html", context, status=status)


@case_page
def withdraw_amendment(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Do without the change that was asked for."""
    found = case_of(request, case)
    asked = amending.open_amendment(grant_of(found))
    if asked is None or request.method != "POST":
        return redirect("projects:grant", found.uuid)
    said = _("Everything stays as it was granted.")
    return then(request, found, amending.withdraw, said, asked)
