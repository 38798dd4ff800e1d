"""From the invitation to the last day: what is done to an account, and by whom.

Every verb is one transaction, takes `by` (who does it) and `now` (UTC), and leaves an entry in the
account's history and a line in the log. Whether `by` may do it is asked before, by whoever shows
the button: superusers here, agency administrators in `contacts.colleagues`.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts import journal, mails, second_factor, sessions
from portal.models import User


@dataclass(frozen=True)
class Opened:
    """An account, and whether it has just been made."""

    user: User
    is_new: bool


@transaction.atomic
def open_account(email: str, *, name: str, by: User, is_superuser: bool = False) -> Opened:
    """The staff account of `email`, made without a usable password where there is none.

    An account that exists keeps its name and rights; one that was switched off is switched on, and
    has superuser rights again only when a superuser does it.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, name=name, is_staff=True, is_superuser=is_superuser
            )
    except IntegrityError:
        user = User.objects.get(email__lower=email.strip().lower())
        if not (user.is_active and user.is_staff):
            switch_on(user, by=by, keep_rights=by.is_superuser)
            user.refresh_from_db()
        return Opened(user, is_new=False)
    journal.note(user, _("Account made."), by=by, event="made")
    return Opened(user, is_new=True)


def has_begun(user: User) -> bool:
    """Whether the invitation has been taken up: a password has been chosen."""
    return user.has_usable_password()


@transaction.atomic
def invite(user: User, *, by: User, site: str, now: dt.datetime, owner: str = "") -> None:
    """Mail `user` the link with which to begin, in place of any earlier one."""
    mails.invitation(user, site=site, now=now, owner=owner)
    journal.note(user, _("Invitation sent."), by=by, event="invited")


@transaction.atomic
def switch_off(user: User, *, by: User) -> None:
    """No log-in any more, and what is open ends. The account stays: the log points at it."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    sessions.end_all(user)
    journal.note(user, _("Account switched off."), by=by, event="switched off")


@transaction.atomic
def switch_on(user: User, *, by: User, keep_rights: bool = True) -> None:
    """The account counts again and begins anew, without the password and the factor of before.

    Without `keep_rights` a former superuser is one no longer: nobody gives what they do not have.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    user.is_active = user.is_staff = True
    if user.is_superuser and not keep_rights:
        user.is_superuser = False
        journal.note(user, _("Superuser rights taken."), by=by, event="superuser rights taken")
    user.set_unusable_password()
    user.save()
    second_factor.forget(user)
    journal.note(user, _("Account switched on again."), by=by, event="switched on")


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None, site: str, now: dt.datetime) -> None:
    """Forget a second factor that was lost: sessions end, and the next log-in sets up a new one.

    `by` is None for whoever runs the server, who need not have an account.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    second_factor.forget(user)
    sessions.end_all(user)
    mails.second_factor_reset(user, site=site, now=now)
    journal.note(user, _("Second factor reset."), by=by, event="second factor reset")
