"""What belongs to a person: every app says what it stores, for "my data" and for erasure.

`portal` knows of the account, its sessions and its mail; an app that stores more about people
without a password registers it in its `ready()`. `portal.my_data` makes a ZIP of all exports.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal import auth, login_code, outbox
from portal.accounts import sessions
from portal.log_ins import account_hash
from portal.models import EntranceLink, LoginCode, OutboxMessage, User

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class File:
    """A file of a person: its name as they know it, and how its bytes are opened for reading."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Export:
    """What is stored: values that JSON knows, and instants and dates, in dicts and lists.

    `labels` names keys for people; a key without one is shown as it is.
    """

    data: Mapping | list
    labels: Mapping[str, str | Promise] = field(default_factory=dict)
    files: Iterable[File] = ()


def _nothing(user: User) -> str:
    return ""


def _unused(user: User) -> bool:
    return False


def _stays(user: User, former: str) -> None:
    """Nothing is kept under the address."""


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """One kind of data about people. `name` is its key, `label` what people read.

    `export(user)` has everything of theirs and nothing of others. `erase(user, now)` deletes what
    may go, within the caller's transaction (files after its commit), and returns True when
    something has to stay that needs the account: then the account is made anonymous instead of
    deleted. `kept(user)` says in one sentence what stays, why and until when, "" for nothing; it is
    read before. `is_used(user)` says that the account is still good for something: then it is not
    swept away with the last thing of another kind (`forget_unused`). `moved(user, former)` takes
    along what is kept under the address `former`, when the owner of both has another one now.
    `models` are the labels (`app.model`) of the tables it answers for.
    """

    name: str
    label: str | Promise
    export: Callable[[User], Export]
    erase: Callable[[User, dt.datetime], bool]
    kept: Callable[[User], str] = _nothing
    is_used: Callable[[User], bool] = _unused
    moved: Callable[[User, str], None] = _stays
    models: tuple[str, ...] = ()


_registered: dict[str, PersonalData] = {}


def register(personal_data: PersonalData) -> None:
    """Ask this kind from now on; a second one of the same name takes the place of the first."""
    _registered[personal_data.name] = personal_data


def registered() -> list[PersonalData]:
    return list(_registered.values())


def kept_of(user: User) -> list[str]:
    """What would have to stay if `user` were erased now, in sentences."""
    return [sentence for kind in registered() if (sentence := str(kind.kept(user)))]


def take_along(user: User, *, former: str) -> None:
    """`user` has another address than `former`, within the caller's transaction."""
    for kind in registered():
        kind.moved(user, former)


# Erasing ------------------------------------------------------------------------------------------


@transaction.atomic
def erase(user: User, *, now: dt.datetime) -> bool:
    """Erase what is stored about `user`; whether the account is gone.

    Where something has to be kept, such as an application that was sent, the account stays without
    name and address, and nobody can log in with it. All sessions end. Raises ValueError for staff,
    whose accounts are switched off instead.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if auth.is_staff(user):
        raise ValueError("Accounts of staff are switched off, see portal.accounts.lifecycle.")
    hashed = account_hash(user.email)
    has_to_stay = [kind.name for kind in registered() if kind.erase(user, now)]
    is_gone = not has_to_stay and _delete(user)
    if not is_gone:
        _make_anonymous(user)
    how = "deleted" if is_gone else "made anonymous"
    logger.info("Account %s: %s, by its owner.", hashed, how)
    return is_gone


def forget_unused(user: User, *, now: dt.datetime) -> bool:
    """Erase the account of somebody of whom no kind has anything any more; whether it was."""
    if not user.is_active or auth.is_staff(user) or any(k.is_used(user) for k in registered()):
        return False
    erase(user, now=now)
    return True


def _delete(user: User) -> bool:
    """Delete the row; False when something that nobody has registered still needs it."""
    try:
        with transaction.atomic():
            user.delete()
    except (ProtectedError, RestrictedError):
        logger.warning("An account is kept without a name: rows of it belong to no PersonalData.")
        return False
    return True


def _make_anonymous(user: User) -> None:
    user.email = f"deleted-{uuid.uuid4()}@example.invalid"
    user.name = ""
    user.is_active = False
    user.last_login = None
    user.set_unusable_password()
    user.save()


# What portal itself stores ------------------------------------------------------------------------


def _account(user: User) -> Export:
    own = UserSession.objects.filter(user=user).order_by("created_at")
    data = {
        "email": user.email,
        "name": user.name,
        "created": user.date_joined,
        "last_login": user.last_login,
        "sessions": [
            {
                "began": session.created_at,
                "last_seen": session.last_seen_at,
                "network": session.ip,
                "browser": session.user_agent,
            }
            for session in own
        ],
    }
    labels = {
        "email": _("E-mail address"),
        "name": _("Name"),
        "created": _("Account made"),
        "last_login": _("Last log-in"),
        "sessions": _("Where you are logged in"),
        "began": _("Logged in"),
        "last_seen": _("Last used"),
        "network": _("First part of the network address"),
        "browser": _("Browser"),
    }
    return Export(data, labels)


def _forget_account(user: User, now: dt.datetime) -> bool:
    """Everything about the account save its row, which `erase` sees to."""
    sessions.end_all(user)
    EntranceLink.objects.filter(Q(user=user) | Q(email__lower=user.email.lower())).delete()
    LoginCode.objects.filter(address_digest=login_code.address_digest(user.email)).delete()
    told = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    )
    told.update(object_repr="")
    return False


def _mails(user: User) -> Export:
    own = OutboxMessage.objects.filter(recipient__lower=user.email.lower()).order_by("created_at")
    data = [
        {
            "written": message.created_at,
            "sent": message.sent_at,
            "subject": message.subject,
            "text": "" if message.is_secret else message.body,
        }
        for message in own
    ]
    labels = {
        "written": _("Written"),
        "sent": _("Sent"),
        "subject": _("Subject"),
        "text": _("Text"),
    }
    return Export(data, labels)


def _forget_mails(user: User, now: dt.datetime) -> bool:
    outbox.forget(user.email, now=now)
    return False


def register_own() -> None:
    """Called once, when the apps are ready."""
    register(
        PersonalData(
            name="account",
            label=_("Your account"),
            export=_account,
            erase=_forget_account,
            models=(
                "portal.user",
                "portal.logincode",
                "portal.entrancelink",
                "usersessions.usersession",
            ),
        )
    )
    register(
        PersonalData(
            name="mails",
            label=_("Mail to you"),
            export=_mails,
            erase=_forget_mails,
            models=("portal.outboxmessage",),
        )
    )
