"""How long a log-in lasts, what a session remembers of it, and how sessions end.

A session ends some time after the last page (`idle`) and some time after the log-in (`longest`),
whichever comes first. Django's own expiry does the first; the second is a mark in the session. For
staff, pages below `/verwaltung/` count and those that `person_page` opens to them as well, for
applicants those behind `portal.entrance`: the public ones never look at a session.
"""

import datetime as dt
import re
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import clock, jobs
from portal.accounts.addresses import client_address, network
from portal.models import User


@dataclass(frozen=True)
class Lifetime:
    idle: dt.timedelta
    longest: dt.timedelta


STAFF = Lifetime(dt.timedelta(seconds=settings.SESSION_COOKIE_AGE), dt.timedelta(hours=10))
APPLICANTS = Lifetime(dt.timedelta(hours=24), dt.timedelta(days=7))
NOTED_EVERY = dt.timedelta(minutes=1)  # not each page writes to the database

_BEGAN, _SEEN, _SECOND_FACTOR = "began", "seen", "second_factor"
# In this order: each claims to be the next ones, too.
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "OPR": "Opera"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux")


def begin(request: HttpRequest, user: User) -> None:
    """Mark the session in which `user` has just logged in, and list it among theirs."""
    now = clock.now().timestamp()
    lifetime = STAFF if user.is_staff else APPLICANTS
    request.session[_BEGAN] = request.session[_SEEN] = now
    request.session.set_expiry(int(lifetime.idle.total_seconds()))
    enlist(request, user)


def enlist(request: HttpRequest, user: User) -> None:
    """Put the session on the user's list, with the network and the kind of browser only."""
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": network(client_address(request)),
            "user_agent": browser(request.META.get("HTTP_USER_AGENT", "")),
        },
    )


def remaining(
    session: SessionBase, *, now: dt.datetime, lifetime: Lifetime = STAFF
) -> dt.timedelta:
    """How long the session lasts when nothing more happens in it; zero or less once it is over."""
    if _BEGAN not in session:
        return dt.timedelta(0)
    began, seen = (_instant(session[name]) for name in (_BEGAN, _SEEN))
    return min(began + lifetime.longest, seen + lifetime.idle) - now


def keep(session: SessionBase, *, now: dt.datetime, lifetime: Lifetime = STAFF) -> None:
    """Note that the session is in use: it lasts `idle` from now, never past `longest` in all."""
    if now - _instant(session[_SEEN]) < NOTED_EVERY:
        return
    session[_SEEN] = now.timestamp()
    left = remaining(session, now=now, lifetime=lifetime)
    session.set_expiry(max(1, int(left.total_seconds())))
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)


def note_second_factor(session: SessionBase, user: User) -> None:
    """Remember that `user` has given a second factor, or set one up, in this very session."""
    session[_SECOND_FACTOR] = user.pk


def forget_second_factor(session: SessionBase) -> None:
    session.pop(_SECOND_FACTOR, None)


def has_second_factor(session: SessionBase, user: User) -> bool:
    return session.get(_SECOND_FACTOR) == user.pk


def end_all(user: User, *, but: str | None = None) -> int:
    """End the sessions of `user`, save the one with the key `but`; returns how many."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for session in sessions:
        session.end()
    return len(sessions)


def clear(now: dt.datetime) -> str:
    """The nightly job: sessions that are over go, and with them what the lists say of them."""
    Session.objects.filter(expire_date__lte=now).delete()
    alive = Session.objects.values("session_key")
    gone, _rows = UserSession.objects.exclude(session_key__in=alive).delete()
    return f"{gone} over" if gone else ""


def register_jobs() -> None:
    label = _("Clears away what is known of sessions that are over")
    jobs.register(jobs.Job("sessions", label, jobs.Nightly(), clear))


def browser(user_agent: str) -> str:
    """`Firefox, Windows`: enough to know one's own browser again, and not to single it out."""
    found = next((name for name in _BROWSERS if re.search(rf"{name}\w*/", user_agent)), "")
    system = next((name for name in _SYSTEMS if name in user_agent), "")
    parts = (_NAMES.get(found, found), "macOS" if system == "Mac OS X" else system)
    return ", ".join(part for part in parts if part)


def _instant(timestamp: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(timestamp, tz=dt.UTC)
