"""What has become of an application: how it stands, what was said, what was sent."""

import uuid
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files import as_attachment
from portal.views import errors
from projects import differences, workflow
from projects.drafts import open_sections
from projects.forms import TextForm
from projects.models import Application
from projects.sections import ATTACHMENTS, BY_SLUG
from projects.states import APPLICATION_STEPS, Actor, ApplicationState, actors_of
from projects.status import status_of
from projects.views.letters import letters_of
from projects.views.shared import advisor_of, case_of, case_page, may_write_to_the_office, moment

LABEL_OF_WORD = gettext_lazy("Your answer to what was asked")


def show(
    request: HttpRequest,
    found: Application,
    *,
    form: TextForm | None = None,
    word: TextForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an application that was sent, or is being looked at."""
    asked = found.change_requests.filter(settled_at=None).first()
    if asked and word is None:
        word = TextForm(label=LABEL_OF_WORD, initial={"text": asked.answer})
    return render(
        request,
        "projects/application/status.html",
        {
            "application": found,
            "status": status_of(found),
            "has_grant": hasattr(found, "grant"),
            "letters": letters_of(found),
            "asked": asked,
            "open": _open(found),
            "word": word,
            "form": form or TextForm(),
            "messages_of_case": found.messages.all(),
            "versions": list(found.versions.defer("pdf", "content")),
            "attachments": found.attachments.filter(removed_at=None),
            "card": advisor_of(request, found),
            "may_withdraw": _may_withdraw(found),
            "is_precheck": found.state == ApplicationState.PRECHECK,
        },
        status=status,
    )


def _open(found: Application) -> list[tuple[str, str]]:
    """The sections that are open, by slug and title."""
    opened = open_sections(found)
    titles = {slug: str(section.title) for slug, section in BY_SLUG.items()}
    titles[ATTACHMENTS] = _("Attachments")
    return [(slug, title) for slug, title in titles.items() if slug in opened]


def _may_withdraw(found: Application) -> bool:
    to = ApplicationState.WITHDRAWN
    return Actor.APPLICANT in actors_of(APPLICATION_STEPS, found.state, to)


@case_page
def message(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """A message to the office."""
    found = case_of(request, case)
    if request.method != "POST":
        return redirect(found)
    form = TextForm(request.POST)
    if not form.is_valid():
        return show(request, found, form=form, status=422)
    if not may_write_to_the_office(request):
        return errors.too_many_requests(request)
    workflow.send_message(found, form.cleaned_data["text"], **moment(request))
    messages.success(request, _("Your message has been sent."))
    return redirect(f"{found.get_absolute_url()}#messages")


@case_page
def word(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The applicant's word on what was asked; it goes out with the changes."""
    found = case_of(request, case)
    if request.method != "POST":
        return redirect(found)
    form = TextForm(request.POST, label=LABEL_OF_WORD)
    if not form.is_valid():
        return show(request, found, word=form, status=422)
    try:
        workflow.comment_on_request(found, form.cleaned_data["text"], **moment(request))
    except workflow.RefusedError as refused:
        messages.warning(request, refused.message)
        return redirect(found)
    return redirect("projects:check", found.uuid)


@case_page
def withdraw(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Take the application back, after a question."""
    found = case_of(request, case)
    if not _may_withdraw(found):
        return redirect(found)
    if request.method != "POST":
        return render(request, "projects/application/withdraw.html", {"application": found})
    return _then(request, found, workflow.withdraw, _("Your application has been withdrawn."))


@case_page
def precheck(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Show the draft to the office, after saying what that is and what it is not."""
    found = case_of(request, case)
    if found.state != ApplicationState.DRAFT or found.submitted_at:
        return redirect(found)
    if request.method != "POST":
        return render(request, "projects/application/precheck.html", {"application": found})
    if not may_write_to_the_office(request):
        return errors.too_many_requests(request)
    said = _("The office has your draft. You get a mail as soon as there are remarks.")
    return _then(request, found, workflow.ask_precheck, said)


@case_page
def take_back(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Go on writing although the office has not answered yet."""
    found = case_of(request, case)
    if request.method != "POST":
        return redirect(found)
    return _then(request, found, workflow.take_back_precheck, _("You can go on writing."))


def _then(request: HttpRequest, found: Application, verb, said: str) -> HttpResponse:
    """Call a verb, say what has been done or why not, and show the case."""
    try:
        verb(found, **moment(request))
    except workflow.RefusedError as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, said)
    return redirect(found)


@case_page
def version(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """What is different in a version from the one before it."""
    found = case_of(request, case)
    after = found.versions.defer("pdf").filter(number=number).first()
    before = found.versions.defer("pdf").filter(number=number - 1).first()
    if before is None or after is None:
        raise Http404("no such version")
    context = {
        "application": found,
        "version": after,
        "changes": differences.between(before.content, after.content),
    }
    return render(request, "projects/application/version.html", context)


@case_page
def document(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """The document of a version, as it was made when it was sent."""
    found = case_of(request, case)
    row = found.versions.defer("content").filter(number=number).first()
    if row is None:
        raise Http404("no such version")
    name = f"{found.reference}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")
