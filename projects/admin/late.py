"""Leave to send one application late: the caseworker knows its number from the applicant."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.roles import agencies_of
from portal import clock, references
from projects import calls
from projects.admin.cases.forms import LateForm
from projects.calendar import end_of_day
from projects.models import Application


def permit(page, request: HttpRequest) -> HttpResponse:
    """Drafts are the applicant's own, so they are found by their number alone, and not shown."""
    agencies = agencies_of(request.user, calls.MAY_PERMIT)
    if not agencies:
        raise PermissionDenied
    form = LateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = _named(form.cleaned_data["reference"], agencies)
        if case is None:
            form.add_error("reference", _("There is no application with this number."))
        else:
            try:
                calls.grant_late(
                    case,
                    until=end_of_day(form.cleaned_data["until"]),
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    now=clock.now(),
                )
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, _("This application may be sent late."))
                return HttpResponseRedirect(reverse("admin:projects_application_changelist"))
    context = {
        "title": _("Allow a late application"),
        "form": form,
        "back": reverse("admin:projects_application_changelist"),
    }
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/form.html", context, status=status)


def _named(typed: str, agencies) -> Application | None:
    """The application of one of `agencies` whose number was typed in any writing."""
    found = Application.objects.filter(agency__in=agencies)
    prefixes = found.values_list("call__rule_set__programme__prefix", flat=True).distinct()
    read = {references.read(typed, prefix) for prefix in prefixes} - {None}
    return found.filter(reference__in=read).first()


VIEWS = {"late": ("late/", permit)}
