"""What a sender sees of an enquiry, and does with it: write again, or say that it is settled."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.enquiries import interpreters, mails
from contacts.enquiries.events import enter
from contacts.enquiries.promises import answer_by
from contacts.enquiries.routing import (
    TOPICS,
    Desk,
    NobodyAtWorkError,
    Reason,
    desk_of,
    route,
)
from contacts.models import Enquiry, EnquiryEvent, EnquiryMessage, Introduction
from contacts.models.enquiry import EnquiryState, Outcome
from contacts.places import Place
from contacts.reasons import why_here
from contacts.resolver import resolve
from contacts.snapshot import Snapshot
from portal import clock
from portal.models import User

SENT_TWICE = dt.timedelta(minutes=10)
ELSEWHERE = frozenset({Reason.OUTSIDE, Reason.FINISHED})


@dataclass(frozen=True)
class Held:
    """At which desk an enquiry lies, and why, in words for its sender; "" where it was chosen."""

    desk: Desk
    reason: str


def held(enquiry: Enquiry, *, on: dt.date, snapshot: Snapshot) -> Held:
    """Who has `enquiry` on the local date `on`."""
    agency = snapshot.agencies[enquiry.agency_id]
    post = snapshot.posts.get(enquiry.assigned_post_id)
    first = enquiry.events.filter(kind=EnquiryEvent.Kind.RECEIVED).first()
    known = first.reason if first and first.reason in Reason.values else Reason.WHOLE_AGENCY
    desk = Desk(agency, post, desk_of(post, agency, on=on, snapshot=snapshot), Reason(known))
    moved = enquiry.events.filter(kind=EnquiryEvent.Kind.HANDED_ON).exists()
    place = snapshot.gazetteer.by_id.get(enquiry.area_id)
    if moved or place is None or desk.reason == Reason.WHOLE_AGENCY:
        return Held(desk, "")
    return Held(desk, _why(enquiry.kind, place, desk, on=on, snapshot=snapshot))


def _why(kind: str, place: Place, desk: Desk, *, on: dt.date, snapshot: Snapshot) -> str:
    topic = snapshot.topic(TOPICS.get(kind, ""))
    why = why_here(resolve(place, topic, on=on, snapshot=snapshot))
    if desk.reason in ELSEWHERE:
        instead = _("This office answers you all the same, and says who helps there: %(office)s.")
        return f"{why} {instead % {'office': desk.agency.name}}"
    return why


@transaction.atomic
def write(
    enquiry: Enquiry, text: str, *, by: User, snapshot: Snapshot, now: dt.datetime
) -> EnquiryMessage:
    """Store one more message of the sender `by`; an answered or closed enquiry is open again.

    Then an answer is owed once more. Where its agency has ended meanwhile, it goes to the desk of
    the day. Tells the desk. The same words again at once are the same message. Raises
    ValidationError where it is erased.
    """
    enquiry = _locked(enquiry)
    on = clock.today(now)
    last = enquiry.messages.exclude(kind=EnquiryMessage.Kind.NOTE).last()
    if enquiry.is_open and last is not None and _is_sent_twice(last, text, now=now):
        return last
    message = enquiry.messages.create(kind=EnquiryMessage.Kind.SENDER, text=text, by=by, at=now)
    if enquiry.is_closed:
        enter(enquiry, EnquiryEvent.Kind.REOPENED, by=by, now=now)
    if not enquiry.is_open:
        _open_again(enquiry, on=on, snapshot=snapshot)
    enter(enquiry, EnquiryEvent.Kind.WRITTEN, by=by, now=now)
    mails.to_desk(enquiry, "written", now=now, number=message.pk)
    return message


def _is_sent_twice(last: EnquiryMessage, text: str, *, now: dt.datetime) -> bool:
    is_same = last.kind == EnquiryMessage.Kind.SENDER and last.text == text
    return is_same and now - last.at < SENT_TWICE


def _open_again(enquiry: Enquiry, *, on: dt.date, snapshot: Snapshot) -> None:
    agency = snapshot.agencies[enquiry.agency_id]
    if agency.is_finished(on):
        place = snapshot.gazetteer.by_id.get(enquiry.area_id)
        with suppress(NobodyAtWorkError):  # then it stays where it is: there is no other desk
            desk = route(enquiry.kind, place, on=on, snapshot=snapshot)
            agency = desk.agency
            enquiry.agency_id = agency.id
            enquiry.assigned_post_id = desk.post.id if desk.post else None
    enquiry.state, enquiry.outcome, enquiry.closed_at = EnquiryState.OPEN, Outcome.NONE, None
    enquiry.answer_by = answer_by(enquiry.kind, state=agency.state, on=on)
    enquiry.reminded_at = enquiry.escalated_at = enquiry.look_again_on = None
    enquiry.save()


@transaction.atomic
def withdraw(enquiry: Enquiry, *, by: User | None, now: dt.datetime) -> None:
    """Close `enquiry`, since its sender needs it no longer; nothing happens to a closed one.

    Introductions that wait for consent are taken back, and so are interpreters. Tells the desk.
    Raises ValidationError where it is erased.
    """
    enquiry = _locked(enquiry)
    if enquiry.is_closed:
        return
    enquiry.state, enquiry.outcome = EnquiryState.CLOSED, Outcome.WITHDRAWN
    enquiry.closed_at, enquiry.look_again_on = now, None
    enquiry.save(update_fields=["state", "outcome", "closed_at", "look_again_on"])
    take_back_introductions(enquiry, now=now)
    interpreters.take_back(enquiry, by=by, now=now, tell_sender=False)
    event = enter(enquiry, EnquiryEvent.Kind.CLOSED, by=by, now=now, reason=Outcome.WITHDRAWN)
    mails.to_desk(enquiry, "withdrawn", now=now, number=event.pk)


def take_back_introductions(enquiry: Enquiry, *, now: dt.datetime) -> int:
    """End what still waits for consent when `enquiry` is closed; returns how many.

    Within the caller's transaction, which has locked the enquiry.
    """
    waiting = Introduction.objects.filter(state=Introduction.State.ASKED)
    waiting = waiting.filter(offer=enquiry) | waiting.filter(request=enquiry)
    return waiting.update(state=Introduction.State.TAKEN_BACK, settled_at=now)


def _locked(enquiry: Enquiry) -> Enquiry:
    row = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if row.erased_at is not None:
        raise ValidationError(_("This enquiry has been erased."))
    return row
