"""What stands before every page behind the log-in by code, and before those for staff as well."""

from functools import wraps

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from portal.accounts import sessions
from portal.accounts.middleware import end_of_session, missing_factor
from portal.accounts.sessions import APPLICANTS
from portal.entrance import flows, typed
from portal.models import User
from portal.public import View, form_page


def signed_in(request: HttpRequest) -> User | None:
    """Who is logged in by code in this session; notes that the session is in use.

    Never staff, whichever door they took. A session whose time is up ends here.
    """
    user = request.user
    if not user.is_authenticated or user.is_staff:
        return None
    left = sessions.remaining(request.session, now=request.now, lifetime=APPLICANTS)
    if left.total_seconds() <= 0:
        logout(request)
        return None
    sessions.keep(request.session, now=request.now, lifetime=APPLICANTS)
    return user


def applicant_page(view: View) -> View:
    """Decorate a view for people who have logged in by code; others go there first.

    `request.applicant` is the account. Forms are sent by POST, and nothing is kept in a cache.
    """

    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        user = signed_in(request)
        if user is None:
            return to_log_in(request)
        request.applicant = user
        return view(request, *args, **kwargs)

    return form_page(page)


def person_page(view: View) -> View:
    """Decorate a view for people who have logged in, by code or as staff; others get a code.

    `request.person` is the account; `request.applicant` is set for people without a password alone.
    Of staff, the same is asked as in the administration: time limits and the second factor.
    """

    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and user.is_staff:
            refused = end_of_session(request) or missing_factor(request)
            if refused is not None:
                return refused
        else:
            user = request.applicant = signed_in(request)
            if user is None:
                return to_log_in(request)
        request.person = user
        return view(request, *args, **kwargs)

    return form_page(page)


def to_log_in(request: HttpRequest) -> HttpResponse:
    """Where somebody goes who is not logged in, to come back to this very page.

    A form that was sent after its session had ended is carried along: not a word is lost.
    """
    log_in, path = reverse("entrance:log_in"), request.get_full_path()
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"log_in": f"{log_in}?{urlencode({'weiter': path})}"}, status=401)
    flow = typed.carrying(request) if request.method == "POST" else None
    if flow is None:
        return HttpResponseRedirect(f"{log_in}?{urlencode({'weiter': path})}")
    flows.keep(request, flow)
    return HttpResponseRedirect(f"{log_in}?{urlencode({'vorgang': flow.key})}")
