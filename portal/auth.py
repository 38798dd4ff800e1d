"""Log-in of staff, and the rule that a published password opens nothing in production."""

import logging

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from portal.models import User

logger = logging.getLogger(__name__)


class StaffBackend(ModelBackend):
    """Django's backend for staff, with e-mail addresses in any case.

    Demo accounts are refused in production. `UserManager.get_by_natural_key` ignores case, and
    Django hashes a password for unknown users too, so that the time of an answer does not tell
    whether an account exists. Every request asks `user_can_authenticate` again: a demo session from
    before does not outlive the switch, and no session the account.
    """

    def user_can_authenticate(self, user: User) -> bool:
        refused = settings.PRODUCTION and user.is_demo
        return super().user_can_authenticate(user) and user.is_staff and not refused


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
