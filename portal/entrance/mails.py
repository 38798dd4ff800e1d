"""Mails of the entrance, besides those with codes (`portal.login_code`)."""

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import outbox
from portal.context import SITE_NAME
from portal.login_code import ABOUT
from portal.mail_texts import in_both_languages

SUBJECTS = {
    "link": _("%(site)s: your new link"),
    "address_changed": _("%(site)s: your e-mail address was changed"),
    "deleted": _("%(site)s: your account is deleted"),
}


def new_link(to: str, url: str, *, about: str, now: dt.datetime) -> None:
    """A link in place of one that was used or too old, in the caller's transaction."""
    _put("link", to, about=about, now=now, is_secret=True, url=url)


def address_changed(to: str, *, about: str, now: dt.datetime) -> None:
    """Tell the former address: it may not have been its owner."""
    _put("address_changed", to, about=about, now=now)


def deleted(to: str, *, about: str, now: dt.datetime, kept: list[str]) -> None:
    """The last mail: what was erased, and what has to stay for a while."""
    _put("deleted", to, about=about, now=now, kept=kept)


def _put(
    kind: str, to: str, *, about: str, now: dt.datetime, is_secret: bool = False, **context
) -> None:
    outbox.put(
        f"{ABOUT}{about}",
        to=to,
        subject=str(SUBJECTS[kind]) % {"site": SITE_NAME},
        body=in_both_languages(f"entrance/mail/{kind}.txt", {**context, "site_name": SITE_NAME}),
        now=now,
        language=get_language() or "",
        is_secret=is_secret,
        replace=True,
    )
