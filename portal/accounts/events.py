"""What django-allauth and Django report, and which of our functions hears of it."""

import logging

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import journal, second_factor, sessions
from portal.log_ins import account_hash
from portal.models import User

logger = logging.getLogger(__name__)
Type = Authenticator.Type

ADDED = {
    Type.TOTP: (_("Authenticator app set up."), "totp added"),
    Type.WEBAUTHN: (_("Passkey set up."), "passkey added"),
    Type.RECOVERY_CODES: (_("Recovery codes made."), "recovery codes made"),
}
REMOVED = {
    Type.TOTP: (_("Authenticator app removed."), "totp removed"),
    Type.WEBAUTHN: (_("Passkey removed."), "passkey removed"),
    Type.RECOVERY_CODES: (_("Recovery codes removed."), "recovery codes removed"),
}


@receiver(user_logged_in)
def session_begins(sender, request: HttpRequest, user: User, **kwargs) -> None:
    sessions.begin(request, user)


@receiver([authenticator_added, authenticator_reset])
def factor_added(sender, request, user: User, authenticator: Authenticator, **kwargs) -> None:
    said, event = ADDED[authenticator.type]
    journal.note(user, said, event=event)


@receiver(authenticator_removed)
def factor_removed(sender, request, user: User, authenticator: Authenticator, **kwargs) -> None:
    said, event = REMOVED[authenticator.type]
    journal.note(user, said, event=event)
    if not second_factor.is_enrolled(user):
        sessions.forget_second_factor(request.session)


@receiver(authenticator_used)
def factor_given(sender, request, user: User, authenticator: Authenticator, **kwargs) -> None:
    sessions.note_second_factor(request.session, user)
    if authenticator.type == Type.RECOVERY_CODES:
        journal.note(user, _("Recovery code used."), event="recovery code used")


@receiver(authentication_failed)
def factor_refused(sender, user: User, **kwargs) -> None:
    logger.warning("Second factor failed for account %s.", account_hash(user.email))


@receiver([password_changed, password_set])
def password_is_new(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """The session goes on under a new key; all others have ended by Django's own rule."""
    journal.note(user, _("Password changed."), event="password changed")
    sessions.end_all(user, but=request.session.session_key)
    sessions.enlist(request, user)


@receiver(password_reset)
def password_was_reset(sender, request: HttpRequest, user: User, **kwargs) -> None:
    journal.note(user, _("Password set by a mailed link."), event="password reset")
    sessions.end_all(user)
