"""Pages of an account that django-allauth does not have, or has too weak."""

from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from allauth.usersessions.views import ListUserSessionsView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts import sessions
from portal.accounts.forms import AddPasskeyForm


class NewFactorMixin:
    """Who sets up a factor has shown it; other sessions end, for one may be why it was needed."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        sessions.note_second_factor(self.request.session, self.request.user)
        sessions.end_all(self.request.user, but=self.request.session.session_key)
        return response


class AddAppView(NewFactorMixin, totp.ActivateTOTPView):
    pass


class AddPasskeyView(NewFactorMixin, webauthn.AddWebAuthnView):
    """Each passkey is made to open without a password, which asks the device to know its owner."""

    form_class = AddPasskeyForm

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return {**context, **kwargs, "js_data": {"creation_options": options}}


class SessionsView(ListUserSessionsView):
    """Where one is logged in; a button ends all of it but here."""

    def get_context_data(self, **kwargs) -> dict:
        left = sessions.remaining(self.request.session, now=clock.now())
        return {**super().get_context_data(**kwargs), "ends_at": clock.now() + left}


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """How many seconds are left (GET), and the wish to stay (POST).

    Asking does not prolong anything: `StaffSessionMiddleware` has noted the POST already. A script
    gets a number; a browser without one goes back to the start page.
    """
    if request.method == "POST" and request.headers.get("Accept") != "application/json":
        return HttpResponseRedirect(reverse("admin:index"))
    left = sessions.remaining(request.session, now=clock.now())
    return JsonResponse({"seconds": max(0, int(left.total_seconds()))})
