"""Pages for what went wrong, in the language of the address.

Where the operator may have to look into the log, the page names the id of the request.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import override

from portal import clock
from portal.data_version import Versions
from portal.languages import offered_code

RETRY_AFTER = 60  # seconds
# Fields that were made by the form, or that are secret.
UNSAID = frozenset(
    {"csrfmiddlewaretoken", "opened", "remark", "code", "password", "key", "kept", "revision"}
    | {"seen", "page", "card", "stelle", "aufruf", "thema", "programm", "weiter", "vorgang"}
)


def _page(
    request: HttpRequest, status: int, template: str, context: dict | None = None
) -> HttpResponse:
    """The error page, rendered without the database, the user or the session."""
    code = offered_code(request.path_info.lstrip("/").split("/")[0])
    if code is None:
        code = getattr(request, "LANGUAGE_CODE", None)
    with override(code):
        content = render_to_string(template, context or {}, request)
    response = HttpResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "400.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "403.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What was typed on a public page of ours is offered once more, with a fresh token."""
    from portal.entrance import typed  # this module is loaded before any model is

    is_public = offered_code(request.path_info.lstrip("/").split("/")[0]) is not None
    again = typed.again(request) if is_public else None
    return again or _page(request, 403, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, "404.html")


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, 413, "413.html")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """A limit was reached; django-allauth finds this page by its name in `portal.urls`."""
    return _page(request, 429, "429.html")


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_away(request)  # around a view, such as in the session
    return _page(request, 500, "500.html")


def database_away(request: HttpRequest) -> HttpResponse:
    """Nothing can be written: whom to call, and what was typed, so that it can be kept."""
    return _unavailable(request, "503.html")


def files_away(request: HttpRequest) -> HttpResponse:
    """Files can be neither read nor kept: the same page, with what is so now."""
    return _unavailable(request, "503_files.html")


def _unavailable(request: HttpRequest, template: str) -> HttpResponse:
    context = {"agencies": _agencies(), "typed": _typed(request)}
    response = _page(request, 503, template, context)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _agencies() -> list:
    """Those at work, from the last good snapshot; none where there is none."""
    from contacts import snapshot  # this module is loaded before any model is

    try:
        held = snapshot.snapshots.at(Versions((), is_last_good=True))
    except (OperationalError, InterfaceError):
        return []
    today = clock.today()
    return [agency for agency in held.agencies.values() if not agency.is_finished(today)]


def _typed(request: HttpRequest) -> str:
    """What was written in the fields of a public form, without what is nobody's to read."""
    is_public = offered_code(request.path_info.lstrip("/").split("/")[0]) is not None
    if request.method != "POST" or not is_public:
        return ""
    fields = (texts for name, texts in request.POST.lists() if name not in UNSAID)
    return "\n\n".join(text.strip() for texts in fields for text in texts if text.strip())
