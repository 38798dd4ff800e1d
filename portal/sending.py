"""Sends what waits in the outbox: one message after the other, each under a lease.

The mail server is spoken to outside any transaction, and what came of it is stored only while the
lease is still ours. So no mail is lost, and several senders may work at once. A mail is repeated
only when a process dies between the server's "250" and our commit, and then with the same
Message-ID.

A server that cannot be reached, or asks to try later, is tried again for about three days; a
recipient that is refused is not. Log lines name a message by its number, never by its address.
"""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import clock, jobs, outbox, smtp
from portal.models import OutboxMessage

logger = logging.getLogger(__name__)

State, Problem = OutboxMessage.State, OutboxMessage.Problem

BATCH = 50  # messages in one round, so that the other jobs get their turn
FIRST_DELAY = dt.timedelta(seconds=30)
LONGEST_DELAY = dt.timedelta(hours=1)
PAUSE = dt.timedelta(minutes=1)  # for what waits behind a message that found no server
STEPS = 15  # connection, greeting, TLS, greeting, log-in, sender, recipient, text, and some more
MAX_TRIES = 72  # with these delays, the last try comes after about three days
_random = random.SystemRandom()
NOBODYS: dict = {"lease_token": None, "leased_until": None}


@dataclass(frozen=True)
class Round:
    """What one round of sending came to, in numbers of messages."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0

    def __str__(self) -> str:
        """For the list of jobs; "" where there was nothing to do."""
        if self == Round():
            return ""
        return _("%(sent)d sent, %(failed)d given up, %(postponed)d to try again") % asdict(self)


def send_due(*, tell_time: Callable[[], dt.datetime] = clock.now, at_most: int = BATCH) -> Round:
    """Send what is due, one message after the other; stop when the mail server is away.

    `tell_time` is asked before and after each message, since a slow server takes minutes, and a
    lease counted from the beginning of the round would have run out.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A mail server is never spoken to inside a transaction.")
    if settings.DEMO or not smtp.is_configured():
        return Round()
    give_up(tell_time())
    counts = {State.SENT: 0, State.FAILED: 0, State.WAITING: 0}
    for _number in range(at_most):
        message = claim(tell_time())
        if message is None:
            break
        failure = smtp.deliver(message)
        now = tell_time()
        counts[store(message, failure, now=now)] += 1
        if failure is not None and failure.server_is_away:
            # The others would fare no better, and a wrong password must not be tried 50 times.
            OutboxMessage.objects.due(now).update(not_before=now + PAUSE)
            break
    return Round(counts[State.SENT], counts[State.FAILED], counts[State.WAITING])


def lease() -> dt.timedelta:
    """How long a sender may take for one mail: every step of it may run into the time-out."""
    return dt.timedelta(seconds=max(60, STEPS * (settings.EMAIL_TIMEOUT or 0)))


def claim(now: dt.datetime) -> OutboxMessage | None:
    """Reserve the message that is due first; None when there is none.

    One conditional UPDATE decides between two senders, on both databases: whoever comes second
    changes no row and looks for another one. The try is counted here, so that a message at which a
    process dies each time is given up in the end.
    """
    due = OutboxMessage.objects.due(now)
    while (pk := due.order_by("not_before", "pk").values_list("pk", flat=True).first()) is not None:
        token = uuid.uuid4()
        changed = due.filter(pk=pk).update(
            lease_token=token, leased_until=now + lease(), tries=F("tries") + 1
        )
        if changed:
            return OutboxMessage.objects.get(pk=pk, lease_token=token)
    return None


def store(message: OutboxMessage, failure: smtp.Failure | None, *, now: dt.datetime) -> State:
    """Write down what came of sending `message`, unless its lease has been taken over.

    Returns the state that follows. A message that was replaced while it was on its way counts as
    sent if it was accepted, and is not tried again if it was not.
    """
    held = OutboxMessage.objects.filter(pk=message.pk, lease_token=message.lease_token)
    if failure is None:
        held.update(
            state=State.SENT,
            sent_at=now,
            problem="",
            smtp_code="",
            body="" if message.is_secret else F("body"),
            **NOBODYS,
        )
        return State.SENT
    is_final = failure.is_final or message.tries >= MAX_TRIES
    state = State.FAILED if is_final else State.WAITING
    with transaction.atomic():
        held.filter(state=State.WAITING).update(
            state=state, not_before=now + delay_after(message.tries)
        )
        held.update(problem=failure.problem, smtp_code=failure.code, **NOBODYS)
    logger.warning("Message %s: %s %s (%s).", message.pk, failure.problem, failure.code, state)
    return state


def delay_after(tries: int) -> dt.timedelta:
    """How long to wait after so many tries: twice as long each time, up to an hour, give or take
    a quarter, so that not everything comes back at the same moment."""
    doubled = FIRST_DELAY * 2 ** min(tries - 1, 10)
    return min(doubled, LONGEST_DELAY) * _random.uniform(0.75, 1.25)


def give_up(now: dt.datetime) -> int:
    """Give up what is of no use any more, and what no sender has survived; returns how many."""
    due = OutboxMessage.objects.due(now)
    late = due.filter(not_after__lt=now).update(
        state=State.FAILED, problem=Problem.EXPIRED, **NOBODYS
    )
    deadly = due.filter(tries__gte=MAX_TRIES).update(
        state=State.FAILED, problem=Problem.OTHER, **NOBODYS
    )
    return late + deadly


def register_jobs() -> None:
    """Called once, when the apps are ready."""
    jobs.register(
        jobs.Job(
            "mail",
            gettext_lazy("Send mail"),
            jobs.Every(dt.timedelta(seconds=5)),
            lambda now: str(send_due()),
            # Each message has a lease of its own: a second sender may come, and must come soon.
            lease=dt.timedelta(minutes=1),
        )
    )
    jobs.register(
        jobs.Job("wipe-mail", gettext_lazy("Wipe old mail"), jobs.Nightly(), _wipe_and_report)
    )


def _wipe_and_report(now: dt.datetime) -> str:
    count = outbox.wipe(now=now)
    return ngettext("%d message wiped", "%d messages wiped", count) % count if count else ""
