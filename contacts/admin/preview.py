"""A public page as it would be: rendered inside a rehearsal, on a day that the editor chooses."""

import copy
import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import ResolverMatch, resolve
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

from portal import data_version

NOON = dt.time(12)


def wants_preview(request: HttpRequest) -> bool:
    return "_preview" in request.POST


def forget_messages(request: HttpRequest) -> None:
    """What the rehearsed save has told the editor is not true."""
    list(messages.get_messages(request))


def preview(request: HttpRequest, *, default: dt.date) -> HttpResponse:
    """The page and day that the form names (`preview_page`, `preview_on`; else the day `default`).

    Call it while what is to be seen has been written and not yet rolled back.
    """
    on = _day(request.POST.get("preview_on", "")) or default
    path = request.POST.get("preview_page", "")
    language = get_language_from_path(path)
    if language:
        with translation.override(language):  # an address is only known in its own language
            match = _public_view(path)
            if match is not None:
                return _render(request, path, match, on)
    return HttpResponse(_("This page cannot be shown."), status=422)


def _public_view(path: str) -> ResolverMatch | None:
    try:
        match = resolve(path)
    except Http404:
        return None
    return match if hasattr(match.func, "is_public_page") else None


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _render(request: HttpRequest, path: str, match: ResolverMatch, on: dt.date) -> HttpResponse:
    """The view itself, without what `public_page` adds: no ETag, no 304, not today."""
    asked = copy.copy(request)
    asked.method = "GET"
    asked.GET, asked.POST = QueryDict(), QueryDict()
    asked.path = asked.path_info = path
    asked.resolver_match = match
    asked.on = on
    asked.now = timezone.make_aware(dt.datetime.combine(on, NOON)).astimezone(dt.UTC)
    asked.versions = data_version.read()
    asked.preview_on = on
    response = match.func.__wrapped__(asked, *match.args, **match.kwargs)
    response["Content-Language"] = translation.get_language()
    response["Cache-Control"] = "no-store"
    return response
