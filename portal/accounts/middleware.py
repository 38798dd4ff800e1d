"""What holds on every page of the administration, whoever wrote it.

Time limits, a second factor, and that no browser and no proxy keeps a copy.
"""

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from portal import clock
from portal.accounts import second_factor, sessions
from portal.middleware import GetResponse

# What somebody without a second factor needs, to set one up or to leave again.
WHILE_ENROLLING = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "accounts:stay",
        "admin:jsi18n",
        "admin:logout",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
    }
)


class StaffSessionMiddleware:
    """Ends sessions that have lasted too long, and lets staff in with a second factor only.

    It looks at addresses of the administration and at no others: a public page must not touch the
    session, or every visitor would be told apart by a cookie.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(reverse("admin:index")):
            return self.get_response(request)
        answer = None
        if request.user.is_authenticated and not request.user.is_staff:
            request.user = AnonymousUser()  # came in by a mailed code: a stranger in this house
        if request.user.is_authenticated:
            answer = end_of_session(request) or missing_factor(request)
        answer = answer or self.get_response(request)
        if not answer.has_header("Cache-Control"):
            add_never_cache_headers(answer)
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception):
        """Ask again who it is, before a change to the account.

        django-allauth would keep the whole request in the session until then, network address and
        all; we come back to the form instead.
        """
        if not isinstance(exception, ReauthenticationRequired):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        methods = get_adapter().get_reauthentication_methods(request.user)
        way_back = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return HttpResponseRedirect(f"{methods[0]['url']}?{way_back}")


def end_of_session(request: HttpRequest) -> HttpResponseBase | None:
    """Where to go when the time is up, else None; notes that the session is in use."""
    now = clock.now()
    if sessions.remaining(request.session, now=now).total_seconds() <= 0:
        logout(request)
        return redirect_to_login(request.get_full_path())
    if not is_question(request):
        sessions.keep(request.session, now=now)
    return None


def is_question(request: HttpRequest) -> bool:
    """Whether a page that is open asks how much time is left, which is no use of the session."""
    return request.method == "GET" and request.path_info == reverse("accounts:stay")


def missing_factor(request: HttpRequest) -> HttpResponseBase | None:
    """Where to go without a second factor, else None.

    A session counts only when the factor was given or set up in it: one that somebody began with
    a stolen password, before the owner set up a factor, must not gain by that.
    """
    user = request.user
    if not second_factor.is_required(user) or sessions.has_second_factor(request.session, user):
        return None
    if second_factor.is_enrolled(user):
        logout(request)
        return redirect_to_login(request.get_full_path())
    if resolve(request.path_info).view_name in WHILE_ENROLLING:
        return None
    return HttpResponseRedirect(reverse("mfa_index"))
