"""Applications that came on paper or by telephone: entered by a caseworker, section by section.

The questions are those of the applicants' pages; only the frame is another one.
"""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.roles import agencies_of
from contacts.snapshot import current
from portal import clock, data_version
from projects import actors, drafts, workflow
from projects.actors import CASEWORKERS
from projects.admin.cases import address, answers_for, case_of
from projects.admin.cases.forms import CallChoiceForm, EnterForm
from projects.models import Application, Call
from projects.rules import rules_of
from projects.sections import ABOUT, BY_SLUG, Basis, BoundSection
from projects.states import CallState
from projects.tasks import following


def place_and_time(request: HttpRequest) -> dict:
    now = clock.now()
    return {
        "by": request.user,
        "now": now,
        "on": clock.today(now),
        "snapshot": current(data_version.read()),
    }


def enter(page, request: HttpRequest) -> HttpResponse:
    """First for which call (`?call=` its number), then the questions with which a draft begins."""
    agencies = agencies_of(request.user, CASEWORKERS)
    if not agencies:
        raise PermissionDenied
    calls = Call.objects.filter(rule_set__programme__agency__in=agencies)
    calls = calls.exclude(state__in=[CallState.DRAFT, CallState.ANNOUNCED])
    choice = CallChoiceForm(request.GET if "call" in request.GET else None)
    choice.fields["call"].queryset = calls.prefetch_related("translations")
    frame = {"back": reverse("admin:projects_application_changelist")}
    frame |= {"title": _("Enter an application")}
    if not (choice.is_bound and choice.is_valid()):
        context = {**frame, "form": choice, "by_get": True}
        return page.page(request, "admin/projects/application/form.html", context)
    call = choice.cleaned_data["call"]
    options = {"basis": Basis(rules=rules_of(call.rule_set_id)), "is_final": True}
    form = EnterForm(request.POST or None, initial={"received_on": clock.today()}, **options)
    if request.method == "POST" and form.is_valid():
        case = drafts.begin(
            call,
            ABOUT.read(request.POST),
            channel=form.cleaned_data["channel"],
            received_on=form.cleaned_data["received_on"],
            **place_and_time(request),
        )
        return HttpResponseRedirect(address(case, "section", ABOUT.slug))
    context = {**frame, "form": form}
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/form.html", context, status=status)


def _writable(page, request: HttpRequest, pk: int) -> Application:
    case = case_of(page, request, pk)
    if not actors.may_write(request.user, case):
        raise PermissionDenied
    return case


def _no_longer(request: HttpRequest, case: Application) -> HttpResponse:
    """To the page of a case that somebody has just sent on."""
    messages.error(request, _("This is not open for writing any more."))
    return HttpResponseRedirect(address(case))


def section(page, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One section, with what is still missing in it."""
    case = _writable(page, request, pk)
    answers = answers_for(case, now=clock.now())
    part = BY_SLUG.get(slug)
    if part not in answers.sections:
        raise Http404
    if slug not in drafts.open_sections(case):
        return _no_longer(request, case)
    row = case.sections.filter(section=slug).first()
    raw, revision, meanwhile = answers.raw_of(part), row.revision if row else 0, ""
    if request.method == "POST":
        raw = part.read(request.POST)
        revision = int(request.POST["revision"]) if _is_number(request.POST) else 0
        try:
            drafts.save(case, part, raw, revision=revision, **place_and_time(request))
        except drafts.ConflictError as conflict:
            meanwhile = _(
                "Somebody else has saved this section at the same time. What you typed stands "
                "here; save it again to keep it."
            )
            revision = conflict.stored.revision
        except drafts.ClosedError:
            return _no_longer(request, case)
        else:
            if "add" in request.POST:
                return HttpResponseRedirect(request.path)
            return HttpResponseRedirect(_next(case, part))
    bound = BoundSection(part, raw, basis=answers.basis, is_final=row is not None, spare=1)
    context = {
        "title": str(part.title),
        "case": case,
        "bound": bound,
        "part": part,
        "revision": revision,
        "meanwhile": meanwhile,
        "back": address(case),
    }
    status = 409 if meanwhile else 200
    return page.page(request, "admin/projects/application/section.html", context, status=status)


def _is_number(post) -> bool:
    text = post.get("revision", "")
    return text.isdecimal() and text.isascii() and len(text) < 10


def _next(case: Application, part) -> str:
    slug = following(part, case, answers_for(case, now=clock.now()))
    return address(case, "section", slug) if slug in BY_SLUG else address(case)


def submit(page, request: HttpRequest, pk: int) -> HttpResponse:
    """Take what was entered as submitted; what is missing is listed with links."""
    case = _writable(page, request, pk)
    if not drafts.open_sections(case):  # the button was pressed twice
        return HttpResponseRedirect(address(case))
    answers = answers_for(case, now=clock.now())
    context = {
        "title": _("Submit"),
        "case": case,
        "back": address(case),
        "problems": [(BY_SLUG[each.section], each) for each in answers.problems],
        "key": uuid.uuid4(),
    }
    if request.method != "POST" or answers.problems:
        return page.page(request, "admin/projects/application/submit.html", context)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
        workflow.submit(case, key=key, **place_and_time(request))
    except (ValueError, workflow.IncompleteError):
        return page.page(request, "admin/projects/application/submit.html", context, status=422)
    except workflow.RefusedError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The application has been submitted."))
    return HttpResponseRedirect(address(case))


VIEWS = {
    "enter": ("enter/", enter),
    "section": ("<int:pk>/section/<slug:slug>/", section),
    "submit": ("<int:pk>/submit/", submit),
}
