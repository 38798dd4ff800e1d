"""The steps of the desk with an enquiry: answer, note, hand on, close, open again, look again.

Each verb is one transaction. It reads the enquiry under lock, as `by` sees it at that moment: what
has gone to another desk meanwhile is refused. `seen` is what the form showed (`seen_of`); where
something has happened since, `MeanwhileError` says what, and nothing is written.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.enquiries import interpreters, mails, promises
from contacts.enquiries.desks import Target
from contacts.enquiries.desks import targets as possible_targets
from contacts.enquiries.events import enter
from contacts.enquiries.following import take_back_introductions
from contacts.models import Enquiry, EnquiryEvent, EnquiryMessage, Introduction
from contacts.models.enquiry import EnquiryKind, EnquiryState, Outcome
from contacts.snapshot import Snapshot
from portal import clock
from portal.models import User

Kind = EnquiryEvent.Kind
# What the jobs write happens to nobody's work.
UNNOTICED = (Kind.REMINDED, Kind.ESCALATED)
LONGEST_WAIT = dt.timedelta(days=366)


class MeanwhileError(ValidationError):
    """Somebody else has done something since the form was opened; the text says what."""


def seen_of(enquiry: Enquiry) -> str:
    """What stands on the page of `enquiry` now, in short: the same while nothing happens."""
    events = enquiry.events.exclude(kind__in=UNNOTICED).count()
    return f"{enquiry.state}-{events}-{enquiry.messages.count()}"


# Answering ----------------------------------------------------------------------------------------


@transaction.atomic
def answer(enquiry: Enquiry, text: str, *, by: User, now: dt.datetime, seen: str = "") -> None:
    """Send `text` to whoever wrote, by mail. Raises ValidationError without their address."""
    enquiry = locked(enquiry, by=by, seen=seen)
    refuse_closed(enquiry)
    if not enquiry.email:
        raise ValidationError(
            _("There is no e-mail address: please call, and note down what was said.")
        )
    message = _write(enquiry, EnquiryMessage.Kind.ANSWER, text, by=by, now=now)
    _answered(enquiry, by=by, now=now)
    language = enquiry.language or settings.LANGUAGE_CODE
    said = {"text": message.text, "first_language": language}
    mails.to_sender(enquiry, "answer", now=now, number=message.pk, **said)


@transaction.atomic
def called(enquiry: Enquiry, text: str, *, by: User, now: dt.datetime, seen: str = "") -> None:
    """Note down what was said on the telephone: that counts as an answer."""
    enquiry = locked(enquiry, by=by, seen=seen)
    refuse_closed(enquiry)
    if not enquiry.phone:
        raise ValidationError(_("There is no telephone number: please answer by mail."))
    _write(enquiry, EnquiryMessage.Kind.CALL, text, by=by, now=now)
    _answered(enquiry, by=by, now=now)


@transaction.atomic
def note(enquiry: Enquiry, text: str, *, by: User, now: dt.datetime) -> None:
    """Write `text` down for colleagues; whoever wrote the enquiry does not see it."""
    enquiry = locked(enquiry, by=by)
    _write(enquiry, EnquiryMessage.Kind.NOTE, text, by=by, now=now)


def _answered(enquiry: Enquiry, *, by: User, now: dt.datetime) -> None:
    if enquiry.state == EnquiryState.OPEN:
        enquiry.state, enquiry.answered_at = EnquiryState.ANSWERED, now
        enquiry.save(update_fields=["state", "answered_at"])
    enter(enquiry, Kind.ANSWERED, by=by, now=now)


# Handing on ---------------------------------------------------------------------------------------


@transaction.atomic
def hand_on(
    enquiry: Enquiry,
    to: str,
    reason: str,
    *,
    snapshot: Snapshot,
    by: User,
    now: dt.datetime,
    seen: str = "",
) -> Target:
    """Put the enquiry on the desk with the key `to` (`desks.Target.key`), and tell all about it.

    The day for the answer stays; another agency gets a new one, since it begins from the start. A
    barrier keeps its period in law. Raises ValidationError for a desk at which nobody answers, and
    while an interpreter is asked or comes.
    """
    enquiry = locked(enquiry, by=by, seen=seen)
    refuse_closed(enquiry)
    on = clock.today(now)
    interpreters.refuse_under_way(enquiry)
    found = possible_targets(enquiry, on=on, snapshot=snapshot)
    target = next((each for each in found if each.key == to), None)
    if target is None:
        raise ValidationError(_("Choose another desk at which somebody answers."))
    if not reason.strip():
        raise ValidationError(_("Say why you hand it on."))
    if target.agency.id != enquiry.agency_id:
        _refuse_asked(enquiry)
        _begin_again(enquiry, target.agency.state, on=on)
    enquiry.agency_id = target.agency.id
    enquiry.assigned_post_id = target.post.id if target.post else None
    enquiry.reminded_at = None
    enquiry.save()
    enquiry.refresh_from_db()  # with the agency and the post that it has now
    event = enter(enquiry, Kind.HANDED_ON, by=by, now=now, reason=reason.strip())
    mails.to_sender(enquiry, "handed-on", now=now, number=event.pk, desk=target)
    mails.to_desk(enquiry, "came", now=now, number=event.pk)
    return target


def _begin_again(enquiry: Enquiry, state: str, *, on: dt.date) -> None:
    since = clock.today(enquiry.received_at) if enquiry.kind == EnquiryKind.BARRIER else on
    enquiry.answer_by = promises.answer_by(enquiry.kind, state=state, on=since)
    enquiry.escalated_at = None


# The end, and after it ----------------------------------------------------------------------------


@transaction.atomic
def close(enquiry: Enquiry, outcome: str, *, by: User, now: dt.datetime, seen: str = "") -> None:
    """End it with `outcome` (an `Outcome`, not NONE). From then on its period of keeping runs.

    Introductions that wait for consent are taken back, and so are interpreters.
    """
    enquiry = locked(enquiry, by=by, seen=seen)
    refuse_closed(enquiry)
    if outcome not in Outcome.values or outcome == Outcome.NONE:
        raise ValidationError(_("Say how it ended."))
    enquiry.state, enquiry.outcome, enquiry.closed_at = EnquiryState.CLOSED, outcome, now
    enquiry.look_again_on = None
    enquiry.save(update_fields=["state", "outcome", "closed_at", "look_again_on"])
    take_back_introductions(enquiry, now=now)
    interpreters.take_back(enquiry, by=by, now=now)
    enter(enquiry, Kind.CLOSED, by=by, now=now, reason=outcome)


@transaction.atomic
def reopen(enquiry: Enquiry, *, by: User, now: dt.datetime) -> None:
    """Open it again: an answer is owed from today on, as for a new one."""
    enquiry = locked(enquiry, by=by)
    if not enquiry.is_closed:
        raise ValidationError(_("This enquiry is not closed."))
    if enquiry.erased_at:
        raise ValidationError(_("Nothing is left of it: its period of keeping is over."))
    enquiry.state, enquiry.outcome, enquiry.closed_at = EnquiryState.OPEN, Outcome.NONE, None
    on = clock.today(now)
    enquiry.answer_by = promises.answer_by(enquiry.kind, state=enquiry.agency.state, on=on)
    enquiry.reminded_at = enquiry.escalated_at = None
    enquiry.save()
    enter(enquiry, Kind.REOPENED, by=by, now=now)


@transaction.atomic
def look_again(enquiry: Enquiry, day: dt.date | None, *, by: User, now: dt.datetime) -> None:
    """Have the desk reminded on the local date `day`; None: not any more.

    From tomorrow on, for at most a year: until that day the enquiry is kept.
    """
    enquiry = locked(enquiry, by=by)
    refuse_closed(enquiry)
    today = clock.today(now)
    if day is not None and day <= today:
        raise ValidationError(_("Choose a day from tomorrow on."))
    if day is not None and day > today + LONGEST_WAIT:
        raise ValidationError(_("Choose a day within a year: until then the enquiry is kept."))
    enquiry.look_again_on = day
    enquiry.save(update_fields=["look_again_on"])


# What all of them need ----------------------------------------------------------------------------


def locked(enquiry: Enquiry, *, by: User, seen: str = "") -> Enquiry:
    """The row under lock, as `by` sees it now; raises ValidationError where it lies elsewhere."""
    rows = Enquiry.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.filter(pk=enquiry.pk).first()
    if found is None:
        raise ValidationError(_("This enquiry lies at another desk now."))
    if seen and seen != seen_of(found):
        raise MeanwhileError(_meanwhile(found, seen))
    return found


def _meanwhile(enquiry: Enquiry, seen: str) -> str:
    """What has happened since `seen`, in words."""
    number = seen.split("-")[-2] if seen.count("-") >= 2 else ""
    known = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    events = list(enquiry.events.exclude(kind__in=UNNOTICED).select_related("by")[known:])
    said = [
        f"{event.get_kind_display()} ({event.by})"
        if event.by and event.by.is_staff
        else event.get_kind_display()
        for event in events
    ]
    what = ", ".join(said) or _("a note or a message")
    return _(
        "Something has happened here meanwhile: %(what)s. Nothing of yours is lost: look at the "
        "enquiry, and send this again if it is still right."
    ) % {"what": what}


def _write(
    enquiry: Enquiry, kind: EnquiryMessage.Kind, text: str, *, by: User, now: dt.datetime
) -> EnquiryMessage:
    if not text.strip():
        raise ValidationError(_("Write a text."))
    if enquiry.erased_at:
        raise ValidationError(_("Nothing is left of it: its period of keeping is over."))
    return EnquiryMessage.objects.create(
        enquiry=enquiry, kind=kind, text=text.strip(), by=by, at=now
    )


def refuse_closed(enquiry: Enquiry) -> None:
    if enquiry.is_closed:
        raise ValidationError(_("This enquiry is closed. Open it again first."))


def _refuse_asked(enquiry: Enquiry) -> None:
    asked = Introduction.State.ASKED
    if enquiry.as_offer.filter(state=asked) or enquiry.as_request.filter(state=asked):
        raise ValidationError(
            _("Two sides have been asked whether they want to meet. Take that back first.")
        )
