"""One log line for each log-in that succeeded or failed, so that an attack can be seen.

Neither the e-mail address nor the network address is written: a short keyed hash tells one account
from another and does not tell whose it is.
"""

import logging

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.utils.crypto import salted_hmac

from portal.models import User

logger = logging.getLogger(__name__)


def account_hash(email: str) -> str:
    """Eight characters that stand for the account of `email`, in any case."""
    typed = email.strip().casefold()
    return salted_hmac("portal.log_ins", typed, algorithm="sha256").hexdigest()[:8]


@receiver(user_logged_in)
def note_success(sender, user: User, **kwargs) -> None:
    logger.info("Log-in of account %s.", account_hash(user.email))


@receiver(user_login_failed)
def note_failure(sender, credentials: dict, **kwargs) -> None:
    typed = credentials.get("email") or credentials.get("username") or ""
    logger.warning("Log-in failed for account %s.", account_hash(typed))
