"""Codes by which people without a password show that a mailbox is theirs.

`issue` mails six digits, `check` looks at what somebody typed. A code counts for ten minutes, for
three tries, once, and only in the session that asked for it; what is stored are keyed hashes. Every
address gets the same answer, costs the same work and the same row: for whom there is no code, there
is a mail that says why. Who is staff is never let in here, for a mailbox must not stand in for a
password and a second factor.

What a page says and where it leads afterwards is the business of `portal.entrance`.
"""

import datetime as dt
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import auth, clock, jobs, outbox, owners
from portal.context import SITE_NAME
from portal.mail_texts import in_both_languages
from portal.models import EntranceLink, LoginCode, OutboxMessage, User
from portal.models.login_codes import MOST_TRIES

LASTS = dt.timedelta(minutes=10)
DIGITS = 6
LINKS_KEPT = dt.timedelta(days=90)  # after their end, so that the page can send a new one
MAILS_KEPT = dt.timedelta(days=1)
ABOUT = "entrance:"  # how keys of the mails of this module begin

Purpose = LoginCode.Purpose

SUBJECTS = {
    "code": _("%(site)s: your code"),
    "staff": _("%(site)s: how staff log in"),
    "closed": _("%(site)s: this account is switched off"),
    "taken": _("%(site)s: your e-mail address"),
}


class Outcome(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # used, expired, tried too often, or never asked for in this session


@dataclass(frozen=True)
class Checked:
    """What came of a try, and how many are left."""

    outcome: Outcome
    tries_left: int = 0

    @property
    def is_right(self) -> bool:
        return self.outcome is Outcome.RIGHT


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody typed: the digits, for which address and purpose, in which session."""

    nonce: str
    email: str
    code: str
    purpose: Purpose = Purpose.LOG_IN


# Asking for a code --------------------------------------------------------------------------------


def new_nonce() -> str:
    """What a session remembers of the codes that it asked for: nobody else knows it."""
    return secrets.token_urlsafe(24)


def normal(email: str) -> str:
    """`email` as accounts have it."""
    return email.strip().lower()


@transaction.atomic
def issue(
    email: str,
    *,
    nonce: str,
    site: str,
    now: dt.datetime,
    purpose: Purpose = Purpose.LOG_IN,
) -> None:
    """Mail a code for `purpose` to `email`, or why there is none; no caller can tell which.

    `nonce` (from `new_nonce`) is kept in the session that asks; `site` is the public address of the
    site without a slash at its end. Former codes of the same session and purpose count no more. The
    mail is in the active language, with German below it where that is another one, and is not sent
    when its code has expired.

    How often somebody may ask is counted by the caller. Raises ValidationError for an address to
    which no mail can be written.
    """
    email = normal(email)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session = _session_digest(nonce)
    expires_at = now + LASTS
    LoginCode.objects.create(
        purpose=purpose,
        session_digest=session,
        address_digest=address_digest(email),
        code_digest=_code_digest(code, session=session, email=email, purpose=purpose),
        created_at=now,
        expires_at=expires_at,
    )
    kind = _kind_of_mail(email, purpose)
    context = {"code": code, "purpose": purpose, "site": site, "site_name": SITE_NAME}
    context["until"] = clock.local(expires_at)
    outbox.put(
        f"{ABOUT}{purpose}:{session[:32]}",
        to=email,
        subject=str(SUBJECTS[kind]) % {"site": SITE_NAME},
        body=in_both_languages(f"entrance/mail/{kind}.txt", context),
        now=now,
        language=get_language() or "",
        is_secret=True,
        not_after=expires_at,
        replace=True,
    )


def _kind_of_mail(email: str, purpose: Purpose) -> str:
    """Which mail `email` gets. The same queries whoever it is; also a closed account has roles."""
    user = User.objects.of_address(email)
    has_role = bool(owners.seen_by(User(pk=user.pk if user else 0)))
    if purpose == Purpose.NEW_ADDRESS:
        return "taken" if user else "code"
    if user is None:
        return "code"
    if has_role or user.is_staff or user.is_superuser:
        return "staff"
    return "code" if user.is_active and not auth.is_refused_here(user) else "closed"


# Trying a code ------------------------------------------------------------------------------------


def read_digits(typed: str) -> str:
    """The six digits of what was typed or pasted, in any script; "" where it is no code.

    Blanks and hyphens between them do not matter.
    """
    kept = [c for c in typed if not (c.isspace() or unicodedata.category(c) in ("Pd", "Cf"))]
    if len(kept) != DIGITS or not all(c.isdecimal() for c in kept):
        return ""
    return "".join(str(unicodedata.decimal(c)) for c in kept)


def check(entry: Entry, *, now: dt.datetime) -> Checked:
    """Try a code; a right one is used up by that."""
    return check_all([entry], now=now)


def check_all(entries: Iterable[Entry], *, now: dt.datetime) -> Checked:
    """Try several codes at once: they are right only together, and only then used up.

    Each try is counted before the code is looked at, by an UPDATE that changes nothing after the
    third one, so that tries at the same moment gain nobody a fourth. The answer is that of the
    worst entry.
    """
    tried = [_try(entry, now) for entry in entries]
    worst = [Outcome.OVER, Outcome.WRONG, Outcome.RIGHT]
    outcome = min((checked.outcome for checked, _pk in tried), key=worst.index)
    if outcome is Outcome.RIGHT and not _use([pk for _checked, pk in tried], now):
        outcome = Outcome.OVER
    if outcome is Outcome.WRONG:
        left = min(checked.tries_left for checked, _pk in tried)
        return Checked(Outcome.WRONG if left else Outcome.OVER, left)
    return Checked(outcome)


def _try(entry: Entry, now: dt.datetime) -> tuple[Checked, int]:
    """Count one try of the newest code of this session and purpose, then compare."""
    session, email = _session_digest(entry.nonce), normal(entry.email)
    rows = LoginCode.objects.filter(session_digest=session, purpose=entry.purpose)
    newest = rows.order_by("-created_at", "-pk").first()
    if newest is None:
        return Checked(Outcome.OVER), 0
    counted = rows.filter(
        pk=newest.pk, tries__lt=MOST_TRIES, used_at__isnull=True, expires_at__gt=now
    ).update(tries=F("tries") + 1)
    if not counted:
        return Checked(Outcome.OVER), newest.pk
    typed = _code_digest(entry.code, session=session, email=email, purpose=entry.purpose)
    is_right = constant_time_compare(typed, newest.code_digest)
    is_right &= constant_time_compare(address_digest(email), newest.address_digest)
    left = max(0, MOST_TRIES - newest.tries - 1)
    return Checked(Outcome.RIGHT if is_right else Outcome.WRONG, left), newest.pk


def _use(pks: list[int], now: dt.datetime) -> bool:
    """Use up these codes, all or none; False if somebody has used one meanwhile."""
    with transaction.atomic():
        fresh = LoginCode.objects.filter(pk__in=pks, used_at__isnull=True, expires_at__gt=now)
        all_used = fresh.update(used_at=now) == len(pks)
        if not all_used:
            transaction.set_rollback(True)
    return all_used


# Hashes -------------------------------------------------------------------------------------------


def address_digest(email: str) -> str:
    return _digest("address", normal(email))


def token_digest(token: str) -> str:
    """Under what a mailed link is stored, see `portal.entrance.links`."""
    return _digest("token", token)


def _session_digest(nonce: str) -> str:
    return _digest("session", nonce)


def _code_digest(code: str, *, session: str, email: str, purpose: Purpose) -> str:
    return _digest("code", "|".join((session, purpose, email, code)))


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"portal.login_code.{kind}", text, algorithm="sha256").hexdigest()


# Clearing away ------------------------------------------------------------------------------------


def clear(now: dt.datetime) -> str:
    """The nightly job: codes that have expired, old links, and the addresses of their mails."""
    codes, _rows = LoginCode.objects.filter(expires_at__lte=now).delete()
    links, _rows = EntranceLink.objects.filter(expires_at__lte=now - LINKS_KEPT).delete()
    mails = outbox.wipe_finished(
        OutboxMessage.objects.filter(about__startswith=ABOUT), before=now - MAILS_KEPT, now=now
    )
    if not (codes or links or mails):
        return ""
    return f"{codes} codes, {links} links, {mails} mails"


def register_jobs() -> None:
    label = _("Clears away codes for the log-in that have expired")
    jobs.register(jobs.Job("login-codes", label, jobs.Nightly(), clear))
