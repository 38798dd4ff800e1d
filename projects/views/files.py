"""Files of an application: the page where they are added, each file, and how one goes again."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal import limits, uploads
from portal.files import as_attachment
from portal.views import errors
from projects import attachments, drafts
from projects.models import Application, Attachment
from projects.sections import APPLICANT, ATTACHMENTS
from projects.tasks import tasks_of
from projects.terms import Paper
from projects.views.shared import answers_for, case_of, case_page, moment

UPLOADS_AN_HOUR = 300  # requests of one account


@case_page
def attachment_list(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The files that are there, and the form to add some; each is judged on its own."""
    found = case_of(request, case)
    if ATTACHMENTS not in drafts.open_sections(found):
        return redirect("projects:application", found.uuid)
    if request.method != "POST":
        return _show(request, found)
    if not limits.is_within(
        request, "upload", amount=UPLOADS_AN_HOUR, now=request.now, of=f"user:{request.user.pk}"
    ):
        return errors.too_many_requests(request)
    sent = request.FILES.getlist("files")
    if not sent:
        return _show(request, found, refused=[_("Choose at least one file.")])
    try:
        added = attachments.add(found, sent, **moment(request))
    except drafts.ClosedError:
        return redirect("projects:application", found.uuid)
    if added.refused:
        return _show(request, found, refused=added.refused, kept=added.kept)
    messages.success(request, _added(added.kept))
    return redirect("projects:attachments", found.uuid)


def _added(kept: list[Attachment]) -> str:
    if len(kept) == 1:
        return _("“%(name)s” has been added.") % {"name": kept[0].name}
    return _("%(number)s files have been added.") % {"number": len(kept)}


def _show(
    request: HttpRequest,
    found: Application,
    *,
    refused: list[str] | None = None,
    kept: list[Attachment] | None = None,
) -> HttpResponse:
    answers = answers_for(request, found)
    tasks = tasks_of(found, answers)
    position = next(n for n, task in enumerate(tasks) if task.slug == ATTACHMENTS)
    following = next((task for task in tasks[position + 1 :] if task.is_open), None)
    context = {
        "application": found,
        "files": attachments.present(found),
        "expected": _expected(answers.bound(APPLICANT)),
        "errors": [("id_files", message) for message in refused or []],
        "has_errors": bool(refused),
        "kept": _added(kept) if kept else "",
        "number": position + 1,
        "of": len(tasks),
        "next_url": following.url if following else found.get_absolute_url(),
        "accept": uploads.ACCEPT,
        "max_file": uploads.MAX_FILE // uploads.MB,
        "max_total": uploads.MAX_TOTAL // uploads.MB,
        "max_files": uploads.MAX_FILES,
    }
    status = 422 if refused else 200
    return render(request, "projects/application/attachments.html", context, status=status)


def _expected(section) -> list[str]:
    """The papers of which the applicant has said that they attach them."""
    values = section.values
    return [
        str(field.label)
        for name, field in section.form.fields.items()
        if values.get(name) == Paper.ATTACHED
    ]


def _attachment(found: Application, number: uuid.UUID) -> Attachment:
    attachment = found.attachments.filter(uuid=number).first()
    if attachment is None:
        raise Http404("no such file")
    return attachment


@case_page
def attachment(request: HttpRequest, case: uuid.UUID, number: uuid.UUID) -> HttpResponseBase:
    """The file itself, to be saved."""
    return as_download(_attachment(case_of(request, case), number))


def as_download(attachment: Attachment) -> HttpResponseBase:
    """The file of an attachment that somebody may see; 404 for one that is locked away."""
    if attachment.scan == Attachment.Scan.QUARANTINED:
        raise Http404("locked away")
    try:
        content = attachment.file.open()
    except FileNotFoundError as error:  # removed a moment ago
        raise Http404("no such file") from error
    return as_attachment(content, name=attachment.name, content_type=attachment.content_type)


@case_page
def remove(request: HttpRequest, case: uuid.UUID, number: uuid.UUID) -> HttpResponse:
    """Asks once, then removes the file."""
    found = case_of(request, case)
    attachment = _attachment(found, number)
    if ATTACHMENTS not in drafts.open_sections(found) or attachment.removed_at:
        return redirect("projects:application", found.uuid)
    if request.method != "POST":
        context = {"application": found, "attachment": attachment}
        return render(request, "projects/application/remove_attachment.html", context)
    try:
        attachments.remove(found, attachment, **moment(request))
    except drafts.ClosedError:
        return redirect("projects:application", found.uuid)
    messages.success(request, _("“%(name)s” has been removed.") % {"name": attachment.name})
    return redirect("projects:attachments", found.uuid)
