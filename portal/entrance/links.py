"""Mailed links that bring somebody to a place, after a code."""

import datetime as dt
import secrets

from django.urls import reverse

from portal import login_code
from portal.entrance.flows import local_path
from portal.login_code import token_digest
from portal.models import EntranceLink, User

LAST = dt.timedelta(days=30)


def resume_link(
    user: User, path: str, *, site: str, now: dt.datetime, lifetime: dt.timedelta = LAST
) -> str:
    """The address for a mail to `user` that leads to the local `path`, after a code.

    `site` is the public address of the site without a slash at its end. Written in the caller's
    transaction, in the active language. Raises ValueError for a path that is not on this site.
    """
    if not local_path(path):
        raise ValueError("A link leads to a page of this site.")
    fields = {"kind": EntranceLink.RESUME, "user": user, "data": {"weiter": path}}
    return _make(fields, site=site, now=now, lifetime=lifetime)


def arrival_link(
    kind: str,
    data: dict,
    *,
    email: str,
    site: str,
    now: dt.datetime,
    lifetime: dt.timedelta = LAST,
) -> str:
    """The address for a mail to `email`, who need not have an account: an invitation.

    After a code, the handler of `kind` (`register_arrival`) gets `data`. Written in the caller's
    transaction, in the active language.
    """
    fields = {"kind": kind, "email": login_code.normal(email), "data": data}
    return _make(fields, site=site, now=now, lifetime=lifetime)


def renew(link: EntranceLink, *, site: str, now: dt.datetime) -> str:
    """A new address for the same as `link`, which stays as it is: used or expired."""
    fields = {name: getattr(link, name) for name in ("kind", "user", "email", "data")}
    return _make(fields, site=site, now=now, lifetime=link.expires_at - link.created_at)


def _make(fields: dict, *, site: str, now: dt.datetime, lifetime: dt.timedelta) -> str:
    token = secrets.token_urlsafe(24)
    EntranceLink.objects.create(
        **fields, digest=token_digest(token), created_at=now, expires_at=now + lifetime
    )
    return site + reverse("entrance:link", args=[token])


def find(token: str) -> EntranceLink | None:
    """The link of `token`, good or not; None where there never was one, or long ago."""
    return EntranceLink.objects.select_related("user").filter(digest=token_digest(token)).first()


def counts(link: EntranceLink, *, now: dt.datetime) -> bool:
    return link.used_at is None and now < link.expires_at


def email_of(link: EntranceLink) -> str:
    """Where the code goes: the present address of the account, or who was invited."""
    return link.user.email if link.user else link.email


def use(pk: int, *, now: dt.datetime) -> None:
    """Somebody has come in through this link; 0 for none."""
    EntranceLink.objects.filter(pk=pk, used_at__isnull=True).update(used_at=now)
