"""What django-allauth asks us: who may come in, in which words, where mails and secrets go."""

import time

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts import mails, sealing
from portal.accounts.addresses import client_address
from portal.auth import StaffBackend
from portal.context import SITE_NAME, absolute
from portal.models import User

FRESH = 5 * 60  # seconds after a log-in in which nobody is asked for the password again


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and this password do not belong together. Please try again."
        ),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right. Please use the newest one."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used, or it is older than a day."),
        "too_many_login_attempts": _(
            "Too many tries have failed. Please wait five minutes, then try again."
        ),
        "rate_limited": _("That was too often. Please wait a few minutes."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        """Under which failed tries are counted: the account alone.

        django-allauth adds the host of the request, port and all, which a client may choose.
        """
        return (credentials.get("email") or credentials.get("username") or "").strip().casefold()

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Colleagues are invited."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs) -> HttpResponse | None:
        """The rules of the backend hold for a passkey, too."""
        if StaffBackend().user_can_authenticate(user):
            return None
        return self.respond_user_inactive(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        request.session.flush()
        messages.error(request, _("This account cannot log in."))
        return HttpResponseRedirect(reverse("account_login"))

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not within five minutes of the log-in: a new colleague has just typed the password."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not any(time.time() - record["at"] < FRESH for record in records)

    def get_reauthentication_methods(self, user) -> list[dict]:
        methods = super().get_reauthentication_methods(user)
        words = {
            "reauthenticate": _("Type your password"),
            "mfa_reauthenticate": _("Type a code"),
            "mfa_reauthenticate:webauthn": _("Use your passkey"),
        }
        return [{**method, "description": words[method["id"]]} for method in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """The only mail that django-allauth itself wants to send is a link for a password."""
        path = mails.path_to_password(context["user"])
        mails.password_link(context["user"], absolute(self.request, path), now=clock.now())

    def send_notification_mail(self, template_prefix: str, user: User, *args, **kwargs) -> None:
        """Tell the owner that the account has changed, without address and browser."""
        mails.account_changed(user, template_prefix.rpartition("/")[2])

    def add_message(self, request, level, message_template=None, *args, **kwargs) -> None:
        """Our words for what has been done; what needs no words says nothing."""
        message = kwargs.get("message") or SAID.get(message_template or "")
        if message:
            messages.add_message(request, level, message)


SAID = {
    "account/messages/password_changed.txt": _("Your password has been changed."),
    "account/messages/password_set.txt": _("Your password has been set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app no longer counts."),
    "mfa/messages/webauthn_added.txt": _("The passkey is set up."),
    "mfa/messages/webauthn_removed.txt": _("The passkey no longer counts."),
    "usersessions/messages/sessions_logged_out.txt": _("All other sessions have ended."),
}


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("This cannot be removed."),
        "cannot_generate_recovery_codes": _(
            "Recovery codes need an authenticator app or a passkey first."
        ),
        "incorrect_code": _("This code is not right. Please use the newest one."),
    }

    def get_totp_issuer(self) -> str:
        return f"{SITE_NAME} {context.request.get_host()}"

    def build_totp_svg(self, url: str) -> str:
        """The square as a picture without style of its own; dark on white in both schemes."""
        code = segno.make(url, error="m")
        return code.svg_inline(scale=5, border=4, light="#fff", omitsize=False)

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return str(_("Passkey %(number)s") % {"number": number})

    def _get_site_name(self) -> str:
        return SITE_NAME
