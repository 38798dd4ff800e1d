"""The outbox: mail is written in the transaction of what it tells about, and sent afterwards.

A verb of the site calls `put`; when its transaction is rolled back, the mail never was. The jobs
send it (`portal.sending`). In the demo nothing is ever sent: messages lie in the outbox as `kept`.
What could not be delivered is seen by staff in the administration, where `resend` is a button.
"""

import datetime as dt
import unicodedata
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from portal.models import OutboxMessage
from portal.models.outbox import SUBJECT_LENGTH

State = OutboxMessage.State
UNSENT = (State.WAITING, State.FAILED, State.KEPT)
COPIED = ("owner", "recipient", "from_name", "reply_to", "subject", "body", "language")
COPIED += ("is_secret", "not_after")
UNSTORABLE = {"\0", *map(chr, range(0xD800, 0xE000))}  # NUL and halves of characters
NAME_LENGTH = OutboxMessage._meta.get_field("from_name").max_length
SECRETS_KEPT = dt.timedelta(days=1)  # codes and links that were never sent


# Writing ------------------------------------------------------------------------------------------


def put(
    about: str,
    *,
    to: str,
    subject: str,
    body: str,
    now: dt.datetime,
    language: str = "",
    owner: str = "",
    from_name: str = "",
    reply_to: str = "",
    is_secret: bool = False,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
    replace: bool = False,
) -> OutboxMessage:
    """Write a mail to one address, in the caller's transaction; return the message about `about`.

    `about` is a text key without personal data, such as `application:<uuid>:receipt`. Where there
    is a current message about it, that one is returned and nothing is written: the same thing is
    told once. With `replace` the new one takes its place, and the former is not sent any more
    unless it has been sent already.

    `subject` is ours alone, never text that a visitor or an applicant typed; `body` is plain text.
    `owner` is the key of the agency whose staff see the message, "" for superusers only.
    `from_name`, cut where it is long, stands before the site's own sender address, and answers go
    to `reply_to`. A message that `is_secret` (a code, a link that lets somebody in) is unreadable
    to staff, and its text is wiped as soon as it is sent. It is sent from `not_before` to
    `not_after` (UTC instants).

    Raises RuntimeError outside a transaction, and ValidationError for an address that is none and
    for line breaks or other control characters where they would end a header.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("outbox.put belongs into the transaction of what the mail tells about.")
    fields = {
        "owner": owner,
        "recipient": to.strip(),
        "from_name": Truncator(str(from_name)).chars(NAME_LENGTH),
        "reply_to": reply_to.strip(),
        "subject": str(subject),
        "body": str(body),
        "language": language or settings.LANGUAGE_CODE,
        "is_secret": is_secret,
        "not_before": not_before or now,
        "not_after": not_after,
    }
    _refuse_broken(about, fields)
    return _write(about, fields, replace=replace, now=now)


def supersede(about: str) -> int:
    """What is said about `about` no longer holds: it is not sent any more; returns how many.

    A message that is being sent at this moment may still arrive; it then counts as sent.
    """
    former = OutboxMessage.objects.filter(about=about, is_current=True)
    with transaction.atomic():
        stopped = former.filter(state__in=UNSENT).update(state=State.SUPERSEDED, is_current=False)
        former.update(is_current=False)
    return stopped


def resend(message: OutboxMessage, *, by, now: dt.datetime) -> OutboxMessage:
    """Send once more what was given up or has been sent; returns the message that will leave.

    What was given up was never accepted: the same message waits again. What was sent stays on
    record, and a copy with a Message-ID of its own waits: mail servers drop what they have seen.
    Raises ValidationError where nothing can be sent again.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if not message.can_be_sent_again:
            raise ValidationError(
                _("This message cannot be sent again: it still waits, or its text is gone.")
            )
        if message.not_after is not None and message.not_after <= now:
            raise ValidationError(_("It is too late: this message would be of no use any more."))
        if message.state == State.SENT:
            OutboxMessage.objects.filter(pk=message.pk).update(is_current=False)
            copied = {name: getattr(message, name) for name in COPIED} | {"not_before": now}
            message = _insert(copied, message.about, by=by, now=now)
        else:
            OutboxMessage.objects.filter(pk=message.pk, state=State.FAILED).update(
                state=_unsent(), tries=0, not_before=now, sent_again_by=by
            )
            message.refresh_from_db()
    return message


def _refuse_broken(about: str, fields: dict) -> None:
    if not about or not about.isascii() or "@" in about or not about.isprintable():
        raise ValueError("about is a key of plain characters, without anybody's address.")
    validate_email(fields["recipient"])
    if fields["reply_to"]:
        validate_email(fields["reply_to"])
    for name in ("subject", "from_name", "reply_to", "recipient"):
        if any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in fields[name]):
            raise ValidationError(_("Line breaks and control characters do not belong here."))
    if not fields["subject"].strip() or len(fields["subject"]) > SUBJECT_LENGTH:
        raise ValidationError(_("A mail needs a subject, and a short one."))
    if not fields["body"].strip() or any(c in UNSTORABLE for c in fields["body"]):
        raise ValidationError(_("A mail needs a text."))


def _write(about: str, fields: dict, *, replace: bool, now: dt.datetime) -> OutboxMessage:
    """Insert, or find what somebody else has written about the same thing meanwhile."""
    while True:
        if replace:
            supersede(about)
        found = OutboxMessage.objects.filter(about=about, is_current=True).first()
        if found is not None:
            if replace:  # committed by somebody else since the line above
                continue
            return found
        try:
            with transaction.atomic():
                return _insert(fields, about, now=now)
        except IntegrityError:
            if not OutboxMessage.objects.filter(about=about, is_current=True).exists():
                raise


def _insert(fields: dict, about: str, *, now: dt.datetime, by=None) -> OutboxMessage:
    return OutboxMessage.objects.create(
        **fields,
        about=about,
        created_at=now,
        state=_unsent(),
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        sent_again_by=by,
    )


def _unsent() -> State:
    return State.KEPT if settings.DEMO else State.WAITING


def _domain() -> str:
    """The domain of our sender address: a Message-ID names no machine."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


# Forgetting ---------------------------------------------------------------------------------------


def wipe(*, now: dt.datetime) -> int:
    """Wipe text and address of what is done with for OUTBOX_DAYS; returns how many.

    A code or link that was never sent goes after a day. A message that still waits keeps both.
    """
    done = _done(OutboxMessage.objects.all())
    old = Q(done_at__lt=now - dt.timedelta(days=settings.OUTBOX_DAYS))
    secret = Q(is_secret=True, body__gt="", done_at__lt=now - SECRETS_KEPT)
    return _wipe(done.filter(old | secret), now)


def wipe_finished(messages: QuerySet, *, before: dt.datetime, now: dt.datetime) -> int:
    """Wipe those of `messages` that were done with before the instant `before`; how many."""
    return _wipe(_done(messages).filter(done_at__lt=before), now)


def forget(email: str, *, now: dt.datetime) -> int:
    """Wipe every message to `email`, for somebody who is erased; returns how many.

    What waits is not sent any more. A message that is being sent at this moment may still arrive.
    Answers to messages to others do not go to them either.
    """
    own = OutboxMessage.objects.filter(recipient__lower=email.lower(), wiped_at__isnull=True)
    with transaction.atomic():
        own.filter(state=State.WAITING).update(state=State.SUPERSEDED, is_current=False)
        OutboxMessage.objects.filter(reply_to__lower=email.lower()).update(reply_to="")
        return _wipe(own, now)


def _done(messages: QuerySet) -> QuerySet:
    """Those that are through and have a text or address left, with `done_at`."""
    done = messages.filter(wiped_at__isnull=True).exclude(state=State.WAITING)
    last_try = When(state=State.FAILED, then=F("not_before"))
    return done.annotate(done_at=Case(last_try, default=Coalesce("sent_at", "created_at")))


def _wipe(messages: QuerySet, now: dt.datetime) -> int:
    return messages.update(recipient="", reply_to="", from_name="", body="", wiped_at=now)
