"""Writing an application: the list of sections, each section, the last look, the receipt."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from portal import clock
from projects import drafts, money, workflow
from projects.answers import Answers
from projects.drafts import ClosedError, ConflictError
from projects.models import Application, ApplicationVersion, SectionAnswers
from projects.sections import (
    ATTACHMENTS,
    BY_SLUG,
    COSTS,
    DECLARATIONS,
    FINANCING,
    BoundSection,
    Section,
)
from projects.sections.base import Raw
from projects.sections.reading import answers_of
from projects.tasks import after, tasks_of
from projects.views import status
from projects.views.shared import advisor_of, answers_for, case_of, case_page, place_and_time

WITH_SUMS = (COSTS, FINANCING)
MORE = "zeile"  # asks for one more blank line


@case_page
def application(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """A draft as the list of its sections; what was sent as its status."""
    found = case_of(request, case)
    if not drafts.open_sections(found) or found.submitted_at:
        return status.show(request, found)
    return tasks(request, found)


def tasks(request: HttpRequest, found: Application) -> HttpResponse:
    answers = answers_for(request, found)
    context = {
        "application": found,
        "tasks": tasks_of(found, answers),
        "ends_at": _ends_at(found, request),
        "problems": len(answers.problems),
        "plan": answers.plan,
        "card": advisor_of(request, found),
    }
    return render(request, "projects/application/tasks.html", context)


# A section ---------------------------------------------------------------------------------------


@case_page
def section(request: HttpRequest, case: uuid.UUID, slug: str) -> HttpResponse:
    """One section: shown, and saved.

    `?fehlt=1` shows what is still missing in it, too, and `?zeile` one more blank line.
    """
    found = case_of(request, case)
    answers = answers_for(request, found)
    part = BY_SLUG.get(slug)
    if part is None or part not in answers.sections:
        raise Http404("no such section")
    if request.method == "POST":
        return _save(request, found, part)
    if slug not in drafts.open_sections(found):
        return redirect("projects:application", found.uuid)
    is_final = "fehlt" in request.GET
    spare = _spare(part, answers.raw_of(part), is_wanted=MORE in request.GET)
    bound = answers.bound(part, is_final=is_final, spare=spare)
    return _show(request, found, answers, bound, is_final=is_final)


def _spare(part: Section, raw: Raw, *, is_wanted: bool = False) -> int:
    """One blank line where there is none yet, or where somebody has asked for it."""
    return int(is_wanted or not any(raw.get(rows.name) for rows in part.rows))


def _show(
    request: HttpRequest,
    found: Application,
    answers: Answers,
    bound: BoundSection,
    *,
    is_final: bool = False,
    status: int = 200,
    **context,
) -> HttpResponse:
    part = bound.section
    row = next((row for row in found.sections.all() if row.section == part.slug), None)
    errors = bound.summary
    if is_final:
        errors += [("", text) for text in _of_the_whole(answers, part)]
    tasks = tasks_of(found, answers)
    return render(
        request,
        "projects/application/section.html",
        {
            "application": found,
            "bound": bound,
            "part": part,
            "revision": row.revision if row else 0,
            "saved_at": row.saved_at if row else None,
            "errors": errors,
            "has_errors": bool(errors),
            "plan": answers.plan if part in WITH_SUMS else None,
            "number": next((n for n, t in enumerate(tasks, 1) if t.slug == part.slug), 0),
            "of": len(tasks),
            **context,
        },
        status=status,
    )


def _of_the_whole(answers: Answers, part: Section) -> list[str]:
    return [problem.message for problem in answers.problems_of(part) if not problem.field]


def _save(request: HttpRequest, found: Application, part: Section) -> HttpResponse:
    raw = part.read(request.POST, without=request.POST.get("remove", ""))
    revision = request.POST.get("revision", "")
    revision = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    quiet = request.headers.get("Accept") == "application/json"
    try:
        saved = drafts.save(found, part, raw, revision=revision, **place_and_time(request))
    except ConflictError as conflict:
        if quiet:
            return JsonResponse({"conflict": True}, status=409)
        return _show_conflict(request, found, part, raw, conflict.stored)
    except ClosedError:
        if quiet:
            return JsonResponse({"closed": True}, status=409)
        text = _("What you typed was not saved: this section is not open for writing any more.")
        messages.warning(request, text)
        return redirect("projects:application", found.uuid)
    found = case_of(request, found.uuid)
    answers = answers_for(request, found)
    if quiet:
        at = time_format(clock.local(saved.at), "TIME_FORMAT")
        text = _("Saved at %(time)s.") % {"time": at}
        return JsonResponse({"revision": saved.revision, "text": text})
    if "add" in request.POST:
        return redirect(f"{request.path}?{MORE}#last-line")
    if "remove" in request.POST:
        return redirect(f"{request.path}#last-line")
    bound = answers.bound(part, spare=_spare(part, raw))
    if not bound.is_valid():
        return _show(request, found, answers, bound, status=422, is_saved=True)
    if "later" in request.POST:
        return redirect("projects:application", found.uuid)
    return redirect(after(part, found, answers))


def _show_conflict(
    request: HttpRequest, found: Application, part: Section, raw: Raw, stored: SectionAnswers
) -> HttpResponse:
    """Both texts on one page: what is stored, to read, and what was typed, to save or to drop."""
    found = case_of(request, found.uuid)
    answers = answers_for(request, found)
    theirs = answers_of(answers.bound(part))
    mine = BoundSection(part, raw, basis=answers.basis, spare=_spare(part, raw))
    return _show(
        request, found, answers, mine, status=409, theirs=theirs, theirs_at=stored.saved_at
    )


# Sending -----------------------------------------------------------------------------------------


@case_page
def check(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The last look, and the button that sends the application in."""
    found = case_of(request, case)
    if request.method == "POST":
        return _submit(request, found)
    if not drafts.may_be_sent(found):
        return redirect(_after(found))
    return _show_check(request, found)


def _after(found: Application):
    """Where somebody belongs who comes back to the button after it was pressed."""
    if found.submitted_at:
        return found.get_receipt_url()
    return found


def _submit(request: HttpRequest, found: Application) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return _show_check(request, found, refused=_("Please press the button once more."))
    if not drafts.may_be_sent(found) and not _is_known(found, key):
        return redirect(_after(found))
    try:
        workflow.submit(found, key=key, **place_and_time(request))
    except workflow.IncompleteError:
        return _show_check(request, case_of(request, found.uuid), status=422)
    except workflow.RefusedError as refused:
        found = case_of(request, found.uuid)
        if not drafts.may_be_sent(found):
            return redirect(_after(found))
        return _show_check(request, found, refused=refused.message, status=409)
    return redirect(found.get_receipt_url())


def _is_known(found: Application, key: uuid.UUID) -> bool:
    return ApplicationVersion.objects.filter(application=found, submission_key=key).exists()


def _show_check(
    request: HttpRequest, found: Application, *, refused: str = "", status: int = 200
) -> HttpResponse:
    answers = answers_for(request, found)
    problems = answers.problems
    opened = drafts.open_sections(found)
    return render(
        request,
        "projects/application/check.html",
        {
            "application": found,
            "parts": [
                (part, answers_of(answers.bound(part)), part.slug in opened)
                for part in answers.sections
            ],
            "attachments": found.attachments.filter(removed_at=None),
            "attachments_are_open": ATTACHMENTS in opened,
            "problems": [(BY_SLUG[problem.section], problem) for problem in problems],
            "plan": answers.plan,
            "key": uuid.uuid4(),
            "refused": refused,
            "has_errors": bool(refused) or status == 422,
            "is_late": not found.submitted_at and not _ends_at(found, request),
            "declarations": DECLARATIONS,
            "requested": money.shown(answers.plan.requested_cents),
            "asked": found.change_requests.filter(settled_at=None).first(),
        },
        status=status,
    )


def _ends_at(found: Application, request: HttpRequest) -> dt.datetime | None:
    """The first instant at which it is too late for a draft, with a late permit; None if it is."""
    permit = getattr(found, "late_permit", None)
    if permit is not None and request.now < permit.until:
        return permit.until
    return found.call.closes_at if found.call.takes_applications(request.now) else None


@case_page
def receipt(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """That it has arrived, when, under which number, and what happens next."""
    found = case_of(request, case)
    version = found.versions.defer("pdf", "content").order_by("number").last()
    if version is None:
        return redirect("projects:application", found.uuid)
    context = {"application": found, "version": version}
    return render(request, "projects/application/receipt.html", context)
