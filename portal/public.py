"""What every public page has in common: GET only, no cookie, one query to see whether it is fresh.

A public page is made of the data version, the release, the address and the local date. Its weak
ETag says so, and a browser that has the page already gets a 304 before anything is rendered.
"""

import hashlib
from collections.abc import Callable
from functools import partial, wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_protect

from portal import clock, last_good
from portal.last_good import DatabaseAwayError

View = Callable[..., HttpResponse]


def take_the_time(request: HttpRequest) -> None:
    """Set `request.now`, `request.on` and `request.versions`, once, for the whole request."""
    request.now = clock.now()
    request.on = clock.today(request.now)
    request.versions = last_good.read()


def public_page(view: View | None = None, *, state: Callable[[HttpRequest], object] | None = None):
    """Decorate a view that shows public data and changes nothing.

    `state(request)` returns what else the text depends on, such as the offices open at this
    moment; without it the page is good until midnight or the next edit.
    """
    if view is None:
        return partial(public_page, state=state)

    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        take_the_time(request)
        if request.versions.is_last_good:
            response = view(request, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            return response
        if request.versions.dirty:  # inside a writing transaction the numbers promise nothing
            return view(request, *args, **kwargs)
        etag = _etag(request, state(request) if state else "")
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response["ETag"] = etag
        response["Cache-Control"] = "public, no-cache"
        return response

    page.is_public_page = True  # what a preview may show
    page.csrf_exempt = True  # whatever would need a token is refused, and told what is allowed
    return page


def _etag(request: HttpRequest, state: object) -> str:
    parts = (
        request.versions,
        settings.RELEASE,
        settings.SITE_URL or request.get_host(),
        get_language(),
        request.get_full_path(),
        request.on,
        state,
    )
    return f'W/"{hashlib.sha256(repr(tuple(map(str, parts))).encode()).hexdigest()[:20]}"'


def form_page(view: View) -> View:
    """Decorate a view with a form that is sent by POST: kept in no cache.

    The token is checked here and not by the middleware, which would ask for one before anybody says
    that the method is wrong.
    """
    protected = csrf_protect(view)

    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(("GET", "HEAD", "POST"))
        take_the_time(request)
        if request.versions.is_last_good:
            raise DatabaseAwayError
        response = protected(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    page.csrf_exempt = True
    return page
