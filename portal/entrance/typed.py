"""What somebody sent by a form that had become too old: kept, and sent again by one button.

The session had ended: the fields go through the log-in (`carrying`), and a page behind it has the
button. Or the page lay open while its reader logged in elsewhere: then only its token is old
(`again`). Either way the same fields go to the same address with a fresh token, and whether they
may is asked there, as ever.
"""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal import limits, own_links
from portal.entrance import flows
from portal.entrance.arrivals import Carried, register_arrival
from portal.entrance.flows import Flow
from portal.models import User

FORMS_AN_HOUR = 60  # from one network address
KIND = "typed"
KEPT = "typed"  # under which name the session keeps it after the log-in
TOKEN = "csrfmiddlewaretoken"  # noqa: S105


def carrying(request: HttpRequest) -> Flow | None:
    """A flow with the fields of this POST, or None where nothing or too much was typed."""
    path, fields = flows.local_path(request.get_full_path()), fields_of(request)
    if not path or not fields:
        return None
    if not limits.is_within(request, "typed", amount=FORMS_AN_HOUR, now=request.now):
        return None
    data = {"path": path, "fields": fields, "had_files": bool(request.FILES)}
    try:
        return flows.begin(carried=Carried(KIND, data))
    except ValueError:
        return None


def fields_of(request: HttpRequest) -> list[tuple[str, list[str]]]:
    """Names and values of this POST, without its token."""
    return [(name, values) for name, values in request.POST.lists() if name != TOKEN]


def arrive(request: HttpRequest, user: User, data: dict) -> str:
    """Keep the fields in the session of the log-in, for the page with the button."""
    flows.keep(request, flows.begin(carried=Carried(KIND, data)), KEPT)
    return reverse("entrance:typed")


def page(request: HttpRequest) -> HttpResponse:
    """The button that sends the fields again; a page behind the log-in."""
    flow = flows.current(request, KEPT)
    if flow is None:
        return redirect(own_links.home())
    return _button(request, **flow.data)


def again(request: HttpRequest) -> HttpResponse | None:
    """The button for a POST from a page of ours whose token no longer counts, else None.

    The `Origin` is what a browser says by itself, and no other site can make it say ours.
    """
    ours = f"{request.scheme}://{request.get_host()}"
    path, fields = flows.local_path(request.get_full_path()), fields_of(request)
    if request.headers.get("Origin") != ours or not path or not fields:
        return None
    return _button(request, path=path, fields=fields, had_files=bool(request.FILES), status=403)


def _button(
    request: HttpRequest,
    *,
    path: str,
    fields: Iterable[tuple[str, list[str]]],
    had_files: bool,
    status: int = 200,
) -> HttpResponse:
    context = {
        "path": path,
        "fields": [(name, value) for name, values in fields for value in values],
        "had_files": had_files,
        "has_cookie": settings.CSRF_COOKIE_NAME in request.COOKIES,
        "home": reverse("home"),
    }
    response = render(request, "entrance/typed.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def register() -> None:
    """Called once, when the apps are ready."""
    register_arrival(KIND, arrive)
