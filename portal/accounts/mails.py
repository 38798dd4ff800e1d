"""Mails about accounts. Subjects name nobody; a link that lets somebody in is secret to staff."""

import datetime as dt

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal import clock, outbox
from portal.auth import StaffBackend
from portal.context import SITE_NAME
from portal.models import User

LINKS_LAST = dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)

SUBJECTS = {
    "invitation": _("%(site)s: your account, please choose a password"),
    "password_link": _("%(site)s: link to a new password"),
    "second_factor_reset": _("%(site)s: please set up your second factor again"),
    "role_given": _("%(site)s: you have a new task"),
    "changed": _("%(site)s: your account has been changed"),
}
# What django-allauth calls a change, and what we call it.
CHANGES = {
    "password_changed": _("The password was changed."),
    "password_set": _("A password was set."),
    "password_reset": _("A new password was chosen by a mailed link."),
    "totp_activated": _("An authenticator app was set up."),
    "totp_deactivated": _("The authenticator app was removed."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was removed."),
    "recovery_codes_generated": _("New recovery codes were made."),
}


def path_to_password(user: User) -> str:
    """The address under which `user` chooses a password: once, and for `LINKS_LAST`."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


def invitation(user: User, *, site: str, now: dt.datetime, owner: str = "") -> None:
    """The link with which a new colleague begins; takes the place of an earlier one.

    `site` is the public address of the site without a slash at its end; `owner` the key of the
    agency that invites.
    """
    link = site + path_to_password(user)
    _put(user, "password", "invitation", now=now, owner=owner, is_secret=True, link=link)


def password_link(user: User, link: str, *, now: dt.datetime) -> None:
    """The link to a new password, for an account that may log in; else nothing is sent."""
    if StaffBackend().user_can_authenticate(user):
        _put(user, "password", "password_link", now=now, is_secret=True, link=link)


def second_factor_reset(user: User, *, site: str, now: dt.datetime) -> None:
    link = site + reverse("admin:index")
    _put(user, "second-factor", "second_factor_reset", now=now, link=link)


def role_given(
    user: User, roles: list[str], *, agency: str, site: str, now: dt.datetime, owner: str
) -> None:
    """Tell somebody who has an account already what they may do now, and for which agency."""
    link = site + reverse("admin:index")
    context = {"link": link, "roles": roles, "agency": agency}
    _put(user, f"role-{owner}", "role_given", now=now, owner=owner, **context)


def account_changed(user: User, what: str) -> None:
    """Tell the owner that password or second factor have changed: it may have been a thief.

    Nobody is told about the very first password, which they have just chosen.
    """
    if what in CHANGES and user.last_login is not None:
        kind = f"changed-{what.replace('_', '-')}"
        _put(user, kind, "changed", now=clock.now(), what=CHANGES[what])


def _put(
    user: User,
    kind: str,
    template: str,
    *,
    now: dt.datetime,
    owner: str = "",
    is_secret: bool = False,
    **context,
) -> None:
    until = now + LINKS_LAST
    context |= {"user": user, "site_name": SITE_NAME, "until": clock.local(until)}
    with transaction.atomic(), override(settings.LANGUAGE_CODE):
        outbox.put(
            f"account:{user.pk}:{kind}",
            to=user.email,
            subject=str(SUBJECTS[template]) % {"site": SITE_NAME},
            body=render_to_string(f"account/mail/{template}.txt", context).strip() + "\n",
            now=now,
            language=settings.LANGUAGE_CODE,
            owner=owner,
            is_secret=is_secret,
            not_after=until if is_secret else None,
            replace=True,
        )
