"""The page of one application, and the steps that staff take there.

Which buttons stand on the page follows from `projects.states` and the part in which somebody acts;
each of them calls one verb of `projects.workflow`.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.snapshot import current
from portal import clock, data_version
from portal.files import as_attachment
from projects import actors, differences, workflow
from projects.admin.case_forms import ChangesForm, ReassignForm, StaffTextForm
from projects.answers import Answers, answers_to
from projects.calendar import end_of_day
from projects.models import Application
from projects.plan import Plan
from projects.sections.reading import answers_of
from projects.states import APPLICATION_STEPS, Actor, ApplicationState, actors_of
from projects.terms import Channel
from projects.views.files import as_download

S = ApplicationState


# Finding ------------------------------------------------------------------------------------------


def case_of(page, request: HttpRequest, pk: int) -> Application:
    """The application with this key, if the user sees it; else 404."""
    found = page.get_queryset(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def address(case: Application, name: str = "change", *arguments) -> str:
    return reverse(f"admin:projects_application_{name}", args=[case.pk, *arguments])


def moment(request: HttpRequest) -> dict:
    return {"by": request.user, "now": clock.now()}


def answers_for(case: Application, *, now: dt.datetime) -> Answers:
    return answers_to(case, on=clock.today(now), snapshot=current(data_version.read()))


# The page -----------------------------------------------------------------------------------------


def show(page, request: HttpRequest, case: Application, **context) -> HttpResponse:
    """Everything about the case that this user may know, and what they may do."""
    now = clock.now()
    parts = actors.actors_for(request.user, case)
    versions = list(case.versions.defer("pdf", "content").select_related("submitted_by"))
    asked = case.change_requests.filter(settled_at=None).first()
    return page.page(
        request,
        "admin/projects/application/case.html",
        {
            "title": case.reference,
            "case": case,
            **_content_of(case, now=now),
            "versions": versions,
            "asked": asked,
            "is_overdue": asked is not None and now >= end_of_day(asked.due_on),
            "conversation": case.messages.select_related("author"),
            "notes": case.comments.select_related("author"),
            "events": case.events.select_related("user").order_by("-number"),
            "may": _allowed(request, case, parts),
            "text_form": StaffTextForm(auto_id="%s_message"),
            "note_form": StaffTextForm(auto_id="%s_note"),
            "answer_form": StaffTextForm(auto_id="%s_answer"),
            "reassign_form": ReassignForm(agency_id=case.agency_id, on=clock.today(now)),
            **context,
        },
        status=422 if context else 200,
    )


def _content_of(case: Application, *, now: dt.datetime) -> dict:
    """What the application says: what was sent last, or what is shown as a draft.

    What applicants type into sections that are open for changes is theirs until they send it. What
    came without a browser is typed by the office itself.
    """
    sent = case.versions.defer("pdf").order_by("number").last()
    if sent is None or case.channel != Channel.ONLINE:
        answers = answers_for(case, now=now)
        return {
            "parts": [(part, answers_of(answers.bound(part))) for part in answers.sections],
            "plan": answers.plan,
            "attachments": case.attachments.filter(removed_at=None),
        }
    texts = [differences.texts_of(section) for section in sent.content["sections"]]
    files = [file["uuid"] for file in sent.content["attachments"]]
    return {
        "parts": [(text, text) for text in texts],
        "plan": Plan(**sent.content["plan"]),
        "attachments": case.attachments.filter(uuid__in=files),
    }


def _allowed(request: HttpRequest, case: Application, parts: frozenset[Actor]) -> dict[str, bool]:
    """By name of the button: whether it stands on the page."""

    def step(to: ApplicationState) -> bool:
        return bool(parts & {Actor.CASEWORKER} & actors_of(APPLICATION_STEPS, case.state, to))

    works = Actor.CASEWORKER in parts
    return {
        "take": step(S.IN_REVIEW) and case.state == S.SUBMITTED,
        "request_changes": step(S.CHANGES_REQUESTED),
        "end_request": step(S.IN_REVIEW) and case.state == S.CHANGES_REQUESTED,
        "answer_precheck": step(S.DRAFT),
        "reassign": works and case.state not in (S.WITHDRAWN, S.DRAFT),
        "message": bool(parts) and case.channel == Channel.ONLINE,
        "note": actors.may_note(request.user, case),
        "write": actors.may_write(request.user, case)
        and case.state in (S.DRAFT, S.CHANGES_REQUESTED),
    }


# Steps --------------------------------------------------------------------------------------------

View = Callable[..., HttpResponse]


def by_post(view: View) -> View:
    """Make a view of a case, `(page, request, case)`, that answers to POST alone."""

    @wraps(view)
    def checked(page, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(page, request, case_of(page, request, pk))

    return checked


def done(request: HttpRequest, case: Application, verb: View, said: str, *args, **kwargs):
    """Take a step; say what has been done, or why not; come back to the page."""
    try:
        verb(case, *args, **moment(request), **kwargs)
    except workflow.RefusedError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(address(case))


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


def _texts(name: str, prefix: str, verb: View, said: str) -> View:
    """A step that is one text; the form `name` of the page comes back where it is empty."""

    @by_post
    def view(page, request: HttpRequest, case: Application) -> HttpResponse:
        form = StaffTextForm(request.POST, auto_id=f"%s_{prefix}")
        if not form.is_valid():
            return show(page, request, case, **{name: form})
        return done(request, case, verb, str(said), form.cleaned_data["text"])

    return view


answer_precheck = _texts(
    "answer_form",
    "answer",
    workflow.answer_precheck,
    gettext_lazy("Your remarks are with the applicant, who can go on writing."),
)
send_message = _texts(
    "text_form", "message", workflow.send_message, gettext_lazy("The message has been sent.")
)
write_note = _texts(
    "note_form", "note", workflow.write_note, gettext_lazy("The note stands with the case.")
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
    form = ChangesForm(request.POST or None, asked=asked, initial={"due_on": due_on})
    if request.method == "POST" and form.is_valid():
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
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/form.html", context, status=status)


# Papers -------------------------------------------------------------------------------------------


def document(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The document of a version, as it was made when it was sent."""
    row = case_of(page, request, pk).versions.defer("content").filter(number=number).first()
    if row is None:
        raise Http404
    name = f"{row.application.reference}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")


def attachment(page, request: HttpRequest, pk: int, number: uuid.UUID) -> HttpResponse:
    row = case_of(page, request, pk).attachments.filter(uuid=number).first()
    if row is None:
        raise Http404
    return as_download(row)


def version(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What is different in a version from the one before it."""
    case = case_of(page, request, pk)
    after = case.versions.defer("pdf").filter(number=number).first()
    before = case.versions.defer("pdf").filter(number=number - 1).first()
    if before is None or after is None:
        raise Http404
    context = {
        "title": _("Version %(number)s: what has changed") % {"number": number},
        "case": case,
        "back": address(case),
        "changes": differences.between(before.content, after.content),
    }
    return page.page(request, "admin/projects/application/version.html", context)


# By name of the address: its path, and its view.
VIEWS: dict[str, tuple[str, View]] = {
    "take": ("<int:pk>/take/", take),
    "end_request": ("<int:pk>/end-request/", end_request),
    "reassign": ("<int:pk>/reassign/", reassign),
    "answer": ("<int:pk>/answer/", answer_precheck),
    "message": ("<int:pk>/message/", send_message),
    "note": ("<int:pk>/note/", write_note),
    "changes": ("<int:pk>/changes/", changes),
    "document": ("<int:pk>/document/<int:number>/", document),
    "attachment": ("<int:pk>/file/<uuid:number>/", attachment),
    "version": ("<int:pk>/version/<int:number>/", version),
}
