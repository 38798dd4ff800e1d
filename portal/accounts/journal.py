"""What is done to accounts, on record twice: in the account's history, and in the log.

The history says who did it, for colleagues. The log names accounts by keyed hash and is meant for
the operator, off this machine.
"""

import logging

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.functional import Promise
from django.utils.translation import override

from portal.log_ins import account_hash
from portal.models import User

logger = logging.getLogger(__name__)


def note(user: User, what: str | Promise, *, by: User | None = None, event: str) -> None:
    """Enter `what` (for people) in the history of `user`, and `event` (one word) in the log.

    `by` is who did it, None for the user themself. Belongs into the transaction of what it tells.
    """
    actor = by or user
    with override(settings.LANGUAGE_CODE):
        LogEntry.objects.create(
            user=actor,
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(user.pk),
            object_repr=str(user)[:200],
            action_flag=CHANGE,
            change_message=str(what),
        )
    tell(user, event, by=actor)


def tell(user: User, event: str, *, by: User) -> None:
    """The line in the log alone, where the history has its entry already."""
    hashes = account_hash(user.email), account_hash(by.email)
    logger.info("Account %s: %s, by account %s.", hashes[0], event, hashes[1])
