"""The decision on a proposal: read, seen as a letter, and taken by somebody else."""

from collections.abc import Callable, Iterator
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.files import as_attachment
from projects import actors, letters, workflow
from projects.admin.cases.frame import (
    Possible,
    Seen,
    View,
    address,
    by_post,
    case_of,
    done,
    in_groups,
)
from projects.admin.cases.proposal_forms import WordForm
from projects.admin.cases.proposing import shown, sums_for
from projects.models import Application, Proposal
from projects.states import UNDECIDED, Actor, ApplicationState, CallState
from projects.workflow.deciding import why_no_grant, why_not_by
from projects.workflow.proposing import open_proposal
from projects.workflow.waiting import why_not_wait

S = ApplicationState
WHY_BACK = gettext_lazy("What is the caseworker to do?")
WHY_LIFTED = gettext_lazy("Why can it be decided now?")


def possible(seen: Seen) -> Iterator[Possible]:
    case = seen.case
    proposal = open_proposal(case) if case.state in (S.PROPOSED, S.WAITLISTED) else None
    if proposal is not None:
        reason = why_not_by(proposal, by=seen.user) or seen.why_not(Actor.DECIDER)
        if case.state == S.PROPOSED:
            yield Possible(
                "decide", _("Read and decide"), address(case, "decide"), reason, is_main=True
            )
            if not reason:
                yield from (step for step in decisions(seen, proposal) if step.reason)
        else:
            yield Possible(
                "call_up", _("Call it up"), address(case, "call_up"), reason, by_post=True
            )
            yield Possible("send_back", _("Send it back"), address(case, "send_back"), reason)
    if case.hold and case.state in UNDECIDED:
        reason = seen.why_not(Actor.DECIDER)
        if not reason and case.call.state == CallState.PAUSED:
            reason = _("The call is paused.")
        yield Possible("lift_hold", _("Lift the hold"), address(case, "lift_hold"), reason)


def decisions(seen: Seen, proposal: Proposal) -> Iterator[Possible]:
    """What can be decided on an open proposal, by whoever may."""
    case = seen.case
    if proposal.kind == Proposal.Kind.GRANT:
        reason = why_no_grant(case, proposal)
        yield Possible(
            "approve", _("Grant it"), address(case, "approve"), reason, by_post=True, is_main=True
        )
        waits = why_not_wait(case, proposal)
        yield Possible(
            "waitlist",
            _("Put it on the waiting list"),
            address(case, "waitlist"),
            waits,
            by_post=True,
        )
    else:
        yield Possible(
            "reject", _("Refuse it"), address(case, "reject"), by_post=True, is_main=True
        )


# The page -----------------------------------------------------------------------------------------


def _proposed(request: HttpRequest, case: Application) -> Proposal | None:
    """What is to be decided; None with a word where nothing is. Deciders only."""
    if Actor.DECIDER not in actors.actors_for(request.user, case):
        raise PermissionDenied
    found = open_proposal(case) if case.state == S.PROPOSED else None
    if found is None:
        messages.error(request, _("Nothing is proposed at the moment."))
    return found


def decide(page, request: HttpRequest, pk: int) -> HttpResponse:
    """The proposal, how it differs from the application, the money, and what can be decided."""
    case = case_of(page, request, pk)
    proposal = _proposed(request, case)
    if proposal is None:
        return HttpResponseRedirect(address(case))
    steps = list(decisions(Seen(case, request.user, clock.now()), proposal))
    context = {
        "title": _("Decide"),
        "case": case,
        "back": address(case),
        "proposal": shown(proposal),
        "sums": sums_for(case),
        "is_decision": True,
        "steps": [step for step in steps if not step.reason],
        "refused": in_groups(steps),
        "form": WordForm(label=str(WHY_BACK)),
    }
    return page.page(request, "admin/projects/application/decide.html", context)


def preview(page, request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it would be issued now. It is stored nowhere."""
    case = case_of(page, request, pk)
    if not actors.actors_for(request.user, case) & {Actor.CASEWORKER, Actor.DECIDER}:
        raise PermissionDenied
    proposal = open_proposal(case)
    if proposal is None:
        raise Http404
    now = clock.now()
    try:
        content = letters.decision(proposal, dated=clock.today(now), by=request.user)
        pdf = letters.render(content, now=now)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return HttpResponseRedirect(address(case))
    name = _("%(number)s-preview.pdf") % {"number": case.reference}
    return as_attachment(BytesIO(pdf), name=name, content_type="application/pdf")


# Steps --------------------------------------------------------------------------------------------


def _key(request: HttpRequest) -> int:
    """The key of the proposal that stood on the page; 0 for none."""
    typed = request.POST.get("proposal", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else 0


@by_post
def approve(page, request: HttpRequest, case: Application) -> HttpResponse:
    said = _("It is granted, and the letter is issued.")
    return done(request, case, workflow.approve, said, proposal=_key(request))


@by_post
def reject(page, request: HttpRequest, case: Application) -> HttpResponse:
    said = _("It is refused, and the letter is issued.")
    return done(request, case, workflow.reject, said, proposal=_key(request))


@by_post
def waitlist(page, request: HttpRequest, case: Application) -> HttpResponse:
    said = _("It is on the waiting list. The applicant gets a mail.")
    return done(request, case, workflow.waitlist, said)


@by_post
def call_up(page, request: HttpRequest, case: Application) -> HttpResponse:
    return done(request, case, workflow.call_up, _("It can be decided on again."))


def with_a_word(title: str, label: str, verb: Callable, said: str) -> View:
    """A step of deciders that needs a word for colleagues, on a page of its own."""

    def view(page, request: HttpRequest, pk: int) -> HttpResponse:
        case = case_of(page, request, pk)
        if Actor.DECIDER not in actors.actors_for(request.user, case):
            raise PermissionDenied
        form = WordForm(request.POST or None, label=str(label))
        if request.method == "POST" and form.is_valid():
            return done(request, case, verb, str(said), form.cleaned_data["text"])
        context = {"title": str(title), "case": case, "form": form, "back": address(case)}
        status = 422 if form.errors else 200
        return page.page(request, "admin/projects/application/form.html", context, status=status)

    return view


send_back = with_a_word(
    gettext_lazy("Send the proposal back"),
    WHY_BACK,
    workflow.send_back,
    gettext_lazy("It is in review again; your note stands with the case."),
)
lift_hold = with_a_word(
    gettext_lazy("Lift the hold"),
    WHY_LIFTED,
    workflow.lift_hold,
    gettext_lazy("It can be decided on now."),
)

VIEWS: dict[str, tuple[str, View]] = {
    "decide": ("<int:pk>/decide/", decide),
    "preview": ("<int:pk>/decide/letter/", preview),
    "approve": ("<int:pk>/approve/", approve),
    "reject": ("<int:pk>/reject/", reject),
    "waitlist": ("<int:pk>/waitlist/", waitlist),
    "call_up": ("<int:pk>/call-up/", call_up),
    "send_back": ("<int:pk>/send-back/", send_back),
    "lift_hold": ("<int:pk>/lift-hold/", lift_hold),
}
