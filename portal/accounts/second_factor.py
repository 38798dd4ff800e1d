"""Whether somebody has a second factor, and what happens when it is lost.

A passkey or an authenticator app counts; recovery codes alone do not, they stand in for one.
"""

from allauth.mfa.models import Authenticator
from django.conf import settings

from portal.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_required(user: User) -> bool:
    """Whether `user` gets no further without one. Off in the demo, whose password is printed."""
    return settings.SECOND_FACTOR_REQUIRED and user.is_staff


def is_enrolled(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def forget(user: User) -> int:
    """Delete every factor of `user` and the recovery codes; returns how many rows went."""
    return Authenticator.objects.filter(user=user).delete()[0]
