"""The review of an application: taken, handed on, answered, with changes asked for."""

import datetime as dt
from collections.abc import Callable, Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from projects import actors, workflow
from projects.admin.cases.forms import ChangesForm, ReassignForm, StaffTextForm
from projects.admin.cases.frame import (
    Panel,
    Possible,
    Seen,
    View,
    address,
    answers_for,
    by_post,
    case_of,
    done,
)
from projects.admin.cases.page import show
from projects.admin.cases.proposal_forms import blocks_for, with_block
from projects.calendar import end_of_day
from projects.models import Application, TextBlock
from projects.states import APPLICATION_STEPS, Actor, ApplicationState, actors_of

S = ApplicationState


def read(seen: Seen) -> dict:
    case = seen.case
    asked = _asked(case)
    works = Actor.CASEWORKER in seen.parts
    may_answer = works and Actor.CASEWORKER in actors_of(APPLICATION_STEPS, case.state, S.DRAFT)
    return {
        "asked": asked,
        "is_overdue": asked is not None and seen.now >= end_of_day(asked.due_on),
        "may_answer": may_answer,
        "may_reassign": works and case.state not in (S.WITHDRAWN, S.DRAFT),
        "answer_form": StaffTextForm(auto_id="%s_answer"),
        "reassign_form": ReassignForm(agency_id=case.agency_id, on=seen.on),
    }


def _asked(case: Application):
    return case.change_requests.filter(settled_at=None).first()


PANEL = Panel("admin/projects/application/_review.html", read)


def possible(seen: Seen) -> Iterator[Possible]:
    case = seen.case
    reason = seen.why_not(Actor.CASEWORKER)
    if case.state == S.SUBMITTED:
        label = _("Take it and check it")
        yield Possible(
            "take", label, address(case, "take"), reason=reason, by_post=True, is_main=True
        )
    if case.state == S.IN_REVIEW:
        label = _("Ask for changes")
        yield Possible("changes", label, address(case, "changes"), reason=reason)
    if case.state == S.CHANGES_REQUESTED:
        asked = _asked(case)
        if asked is not None and seen.now < end_of_day(asked.due_on):
            reason = reason or _("The applicant still has time until the day that was set.")
        label = _("Go on without the changes")
        yield Possible(
            "end_request", label, address(case, "end_request"), reason=reason, by_post=True
        )
    writes = actors.may_write(seen.user, case)
    if writes and case.state in (S.DRAFT, S.CHANGES_REQUESTED):
        label = _("Check and submit")
        yield Possible("submit", label, address(case, "submit"), is_main=True)


@by_post
def take(page, request: HttpRequest, case: Application) -> HttpResponse:
    return done(request, case, workflow.take, _("You check this application now."))


@by_post
def end_request(page, request: HttpRequest, case: Application) -> HttpResponse:
    return done(request, case, workflow.end_request, _("The review goes on."))


@by_post
def reassign(page, request: HttpRequest, case: Application) -> HttpResponse:
    form = ReassignForm(request.POST, agency_id=case.agency_id, on=clock.today())
    if not form.is_valid():
        return show(page, request, case, reassign_form=form)
    said = _("The case has been handed on.")
    return done(request, case, workflow.reassign, said, form.cleaned_data["to"])


def one_text(name: str, prefix: str, verb: Callable, said: str) -> View:
    """A step that is one text; the form `name` of the page comes back where it is empty."""

    @by_post
    def view(page, request: HttpRequest, case: Application) -> HttpResponse:
        form = StaffTextForm(request.POST, auto_id=f"%s_{prefix}")
        if not form.is_valid():
            return show(page, request, case, **{name: form})
        return done(request, case, verb, str(said), form.cleaned_data["text"])

    return view


answer_precheck = one_text(
    "answer_form",
    "answer",
    workflow.answer_precheck,
    gettext_lazy("Your remarks are with the applicant, who can go on writing."),
)


def changes(page, request: HttpRequest, pk: int) -> HttpResponse:
    """Which sections are to be changed, what, and until when."""
    case = case_of(page, request, pk)
    if Actor.CASEWORKER not in actors.actors_for(request.user, case):
        raise PermissionDenied
    now = clock.now()
    answers = answers_for(case, now=now)
    asked = {section.slug for section in answers.sections}
    due_on = clock.today(now) + dt.timedelta(days=answers.rules.answer_days)
    blocks = blocks_for(case, TextBlock.Use.CHANGES)
    if "insert" in request.POST:
        form = ChangesForm(asked=asked, initial=with_block(request.POST, "text", blocks))
    else:
        form = ChangesForm(request.POST or None, asked=asked, initial={"due_on": due_on})
    if form.is_bound and form.is_valid():
        try:
            workflow.request_changes(
                case, **form.cleaned_data, by=request.user, now=now, on=clock.today(now)
            )
        except workflow.RefusedError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The applicant gets a mail. The sections are open now."))
            return HttpResponseRedirect(address(case))
    context = {"title": _("Ask for changes"), "case": case, "form": form, "back": address(case)}
    context["blocks"] = blocks
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/form.html", context, status=status)


VIEWS: dict[str, tuple[str, View]] = {
    "take": ("<int:pk>/take/", take),
    "end_request": ("<int:pk>/end-request/", end_request),
    "reassign": ("<int:pk>/reassign/", reassign),
    "answer": ("<int:pk>/answer/", answer_precheck),
    "changes": ("<int:pk>/changes/", changes),
}
