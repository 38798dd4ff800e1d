"""The calendar of a member of staff: the address for their calendar program."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.public import take_the_time
from projects.views.calendar import address_of, switch


def calendar(page, request: HttpRequest) -> HttpResponse:
    """One's own address; POST makes another one, or with "off" ends it."""
    if not page.may_look(request):
        raise PermissionDenied
    if request.method == "POST":
        take_the_time(request)
        switch(request, request.user)
        return HttpResponseRedirect(reverse("admin:projects_application_calendar"))
    context = {"title": _("Dates for your calendar"), "address": address_of(request, request.user)}
    return page.page(request, "admin/projects/application/calendar.html", context)


VIEWS = {"calendar": ("calendar/", calendar)}
