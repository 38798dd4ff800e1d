"""What somebody sent by a form whose session had ended: kept through the log-in, and sent again.

After the log-in a page says so and has one button, which sends the same fields to the same address
with a token of the new session. Whether they may be sent there is asked by that page, as ever.
"""

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
    if not limits.is_within(request, "typed", amount=FORMS_AN_HOUR, now=request.now):
        return None
    path = flows.local_path(request.get_full_path())
    fields = [(name, values) for name, values in request.POST.lists() if name != TOKEN]
    if not path or not fields:
        return None
    data = {"path": path, "fields": fields, "had_files": bool(request.FILES)}
    try:
        return flows.begin(carried=Carried(KIND, data))
    except ValueError:
        return None


def arrive(request: HttpRequest, user: User, data: dict) -> str:
    """Keep the fields in the session of the log-in, for the page with the button."""
    flows.keep(request, flows.begin(carried=Carried(KIND, data)), KEPT)
    return reverse("entrance:typed")


def page(request: HttpRequest) -> HttpResponse:
    """The button that sends the fields again; a page behind the log-in."""
    flow = flows.current(request, KEPT)
    if flow is None:
        return redirect(own_links.home())
    fields = [(name, value) for name, values in flow.data["fields"] for value in values]
    context = {**flow.data, "fields": fields, "home": own_links.home()}
    return render(request, "entrance/typed.html", context)


def register() -> None:
    """Called once, when the apps are ready."""
    register_arrival(KIND, arrive)
