"""Who writes along, a copy for another call, and giving up a draft."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, limits
from portal.views import errors
from projects import drafts, sharing
from projects.forms import InviteForm
from projects.models import Application, Contributor
from projects.states import ApplicationState
from projects.views.shared import case_of, case_page, moment, place_and_time
from projects.views.start import taking_calls

ARRIVAL = "invitation"
HEADING = gettext_lazy("Write along at an application")
TEXT = gettext_lazy("Somebody asks you to help with an application for a grant.")
INVITATIONS_AN_HOUR = 20


@case_page
def people(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Who writes along, who is invited, and the form to ask somebody."""
    found = case_of(request, case)
    if request.method != "POST":
        return _show(request, found, InviteForm())
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    if not _is_within_limits(request):
        return errors.too_many_requests(request)
    try:
        sharing.invite(found, form.cleaned_data["email"], **moment(request))
    except sharing.RefusedError as refused:
        form.add_error("email", refused)
        return _show(request, found, form, status=422)
    messages.success(request, _("The invitation is on its way."))
    return redirect("projects:people", found.uuid)


def _is_within_limits(request: HttpRequest) -> bool:
    of = f"user:{request.applicant.pk}"
    return limits.is_within(
        request, "invitation", amount=INVITATIONS_AN_HOUR, now=request.now, of=of
    )


def _show(
    request: HttpRequest, found: Application, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    contributors = list(found.contributors.select_related("user"))
    owner = next((c for c in contributors if c.role == Contributor.Role.OWNER), None)
    context = {
        "application": found,
        "form": form,
        "contributors": [
            (each, each != owner and request.applicant in (each.user, owner and owner.user))
            for each in contributors
        ],
        "invitations": found.invitations.filter(closed_at=None),
    }
    return render(request, "projects/application/people.html", context, status=status)


@case_page
def remove(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """Let a contributor go, or leave."""
    found = case_of(request, case)
    contributor = get_object_or_404(found.contributors.select_related("application"), pk=number)
    if request.method == "POST":
        try:
            sharing.remove(contributor, **moment(request))
        except sharing.RefusedError as refused:
            messages.warning(request, refused.message)
        else:
            if contributor.user_id == request.applicant.pk:
                return redirect("projects:own_applications")
    return redirect("projects:people", found.uuid)


@case_page
def take_back(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """Close an invitation."""
    found = case_of(request, case)
    invited = get_object_or_404(found.invitations.select_related("application"), pk=number)
    if request.method == "POST":
        sharing.take_back(invited, **moment(request))
    return redirect("projects:people", found.uuid)


def arrive(request: HttpRequest, user, data: dict) -> str:
    """After the code to the invited address: into the application."""
    number = data.get("invitation")
    found = sharing.accept(number, user, now=clock.now()) if isinstance(number, int) else None
    if found is None:
        messages.warning(request, _("This invitation no longer holds. Ask for a new one."))
        return reverse("projects:own_applications")
    return found.get_absolute_url()


@case_page
def copy(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Begin a new application with the answers of this one."""
    found = case_of(request, case)
    calls = taking_calls(request)
    if request.method != "POST":
        context = {"application": found, "calls": calls}
        return render(request, "projects/application/copy.html", context)
    call = next((each for each in calls if each.slug == request.POST.get("aufruf")), None)
    if call is None:
        messages.warning(request, _("This call takes no applications at the moment."))
        return redirect("projects:copy", found.uuid)
    fresh = drafts.copy(found, call=call, **place_and_time(request))
    messages.success(
        request, _("This is your new draft. Places, days and declarations are asked anew.")
    )
    return redirect(fresh)


@case_page
def delete(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Give up a draft, after a question."""
    found = case_of(request, case)
    if found.state != ApplicationState.DRAFT or found.submitted_at:
        return redirect(found)
    if request.method != "POST":
        return render(request, "projects/application/delete.html", {"application": found})
    try:
        drafts.delete(found, by=request.applicant)
    except drafts.ClosedError:
        messages.warning(request, _("Only whoever began a draft can delete it."))
        return redirect(found)
    messages.success(request, _("The draft has been deleted."))
    return redirect("projects:own_applications")
