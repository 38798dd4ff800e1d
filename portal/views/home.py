"""The way in: the choice of a language, and the start page with the look-up."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override

from contacts import news
from contacts.enquiries.kinds import PAGES
from contacts.snapshot import current
from portal.public import public_page
from projects import panels

SHOWN_NEWS = 3
# To offer help, to need it, to look for people, to have an idea, to need an interpreter.
SHOWN_ENQUIRIES = 5


def choose_language(request: HttpRequest) -> HttpResponse:
    """Redirect to the start page in the language that the browser asks for."""
    with override(get_language_from_request(request)):
        response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    response["Cache-Control"] = "no-cache"
    return response


@public_page(state=panels.call_states)
def home(request: HttpRequest) -> HttpResponse:
    snapshot = current(request.versions)
    at_work = [a for a in snapshot.agencies.values() if not a.is_finished(request.on)]
    return render(
        request,
        "portal/home.html",
        {
            "topics": snapshot.topics,
            "examples": snapshot.examples,
            "agencies": at_work,
            "typed": "",
            "topic": None,
            "enquiries": PAGES[:SHOWN_ENQUIRIES],
            "calls": panels.open_calls(request),
            "news": news.current(request.versions).fresh(request.on)[:SHOWN_NEWS],
        },
    )
