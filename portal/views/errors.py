"""Pages for what went wrong, in the language of the address.

Where the operator may have to look into the log, the page names the id of the request.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import override

from portal.languages import offered_code


def _page(request: HttpRequest, status: int, template: str) -> HttpResponse:
    """The error page, rendered without the database, the user or the session."""
    code = offered_code(request.path_info.lstrip("/").split("/")[0])
    if code is None:
        code = getattr(request, "LANGUAGE_CODE", None)
    with override(code):
        content = render_to_string(template, {}, request)
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
    return _page(request, 500, "500.html")
