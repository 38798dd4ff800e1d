"""Who gets in by which door: staff by password, everybody else by a mailed code.

No account opens both. A published password opens nothing in production.
"""

import logging

from django.conf import settings
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from portal import owners
from portal.models import User

logger = logging.getLogger(__name__)


def is_staff(user: User) -> bool:
    """Whether `user` belongs to the staff: by the mark of the account, or by a role somewhere."""
    return user.is_staff or user.is_superuser or bool(owners.seen_by(user))


def is_refused_here(user: User) -> bool:
    """Whether this is a demo account on a real site."""
    return settings.PRODUCTION and user.is_demo


class StaffBackend(ModelBackend):
    """Django's backend for staff, with e-mail addresses in any case.

    Demo accounts are refused in production. `UserManager.get_by_natural_key` ignores case, and
    Django hashes a password for unknown users too, so that the time of an answer does not tell
    whether an account exists. Every request asks `user_can_authenticate` again: a demo session from
    before does not outlive the switch, and no session the account.
    """

    def user_can_authenticate(self, user: User) -> bool:
        return super().user_can_authenticate(user) and user.is_staff and not is_refused_here(user)


class ApplicantBackend(BaseBackend):
    """For people without a password; `portal.entrance` logs them in after a code.

    It checks no credentials, gives no permission, and lets no member of staff in: a mailbox must
    not stand in for a password and a second factor. Every request asks again, so the session of
    somebody who joins the staff, or whose account is switched off, ends with the next page.
    """

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:
        return user.is_active and not is_staff(user) and not is_refused_here(user)


APPLICANT_BACKEND = f"{ApplicantBackend.__module__}.{ApplicantBackend.__qualname__}"


def refuse_demo_accounts() -> None:
    """Raise `ImproperlyConfigured` while an active demo account exists.

    A database that cannot be asked does not keep the site from starting: `/readyz` reports it, and
    `StaffBackend` refuses the accounts all the same.
    """
    try:
        found = User.objects.filter(is_demo=True, is_active=True).count()
    except Error as error:
        logger.warning(
            "Could not look for demo accounts (%s). Is the database reachable, and has "
            "`manage.py migrate` been run?",
            type(error).__name__,
        )
        return
    if found:
        raise ImproperlyConfigured(
            f"MODE=production, but the database has {found} active demo accounts, and their "
            "password is published. Delete or deactivate them, or use another database."
        )
