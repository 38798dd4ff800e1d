"""One's own dates for a calendar program: the page with the address, and the file behind it."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import limits
from portal.context import absolute, site_address
from portal.entrance import applicant_page
from portal.models import User
from portal.public import take_the_time
from projects import feeds, ics

FETCHES_AN_HOUR = 60  # of one calendar, on all devices together


@applicant_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The address of one's calendar; POST makes another one, or with "off" ends it."""
    if request.method == "POST":
        switch(request, request.applicant)
        return redirect("projects:calendar")
    context = {"address": address_of(request, request.applicant)}
    return render(request, "projects/application/calendar.html", context)


def switch(request: HttpRequest, user: User) -> None:
    """What the buttons of the page do; it needs `request.now`."""
    if "off" in request.POST:
        feeds.switch_off(user)
    else:
        feeds.make_or_renew(user, request.now)


def address_of(request: HttpRequest, user: User) -> str:
    """Where the calendar program of `user` reads, in the language of the page; "" while it is off.

    The address is the secret: it is shown to nobody else, and stands in no mail and no log.
    """
    feed = feeds.of(user)
    return absolute(request, reverse("projects:calendar_file", args=[feed.key])) if feed else ""


def _for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate what a program reads without a session: GET only, no cookie, kept in no cache."""

    @wraps(view)
    def file(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        take_the_time(request)
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    file.csrf_exempt = True
    return file


@_for_programs
def calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    """What is due for whoever has the address with `key`: a number, a kind of date and a day."""
    feed = feeds.find(key)
    if feed is None:
        raise Http404("no such calendar, or it has been switched off")
    of, most = f"calendar:{feed.user_id}", FETCHES_AN_HOUR
    if not limits.is_within(request, "calendar", amount=most, now=request.now, of=of):
        return HttpResponse(status=429, content_type="text/plain; charset=utf-8")
    days = [
        (each.key, each.day, f"{each.reference}: {each.label}")
        for each in feeds.entries_of(feed.user, request.on)
    ]
    site, name = site_address(request), _("Dates of applications")
    return HttpResponse(
        ics.days(days, name=name, site=site, now=request.now),
        content_type="text/calendar; charset=utf-8",
    )
