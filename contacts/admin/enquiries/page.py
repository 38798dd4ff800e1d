"""The page of one enquiry: what was written, whose it is and why, what may be done, what was."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from contacts.admin.enquiries import interpreters
from contacts.admin.enquiries.frame import address, snapshot_now
from contacts.enquiries import matching
from contacts.enquiries.desks import desk_now, is_unattended
from contacts.enquiries.reminding import LOOK_AGAIN, UNATTENDED
from contacts.enquiries.routing import Reason
from contacts.models import Assignment, Enquiry, EnquiryEvent, Introduction
from contacts.models.enquiry import Activity, EnquiryKind, Outcome
from contacts.network.joining import can_be_taken_up
from portal import clock

ARRIVALS = (EnquiryEvent.Kind.RECEIVED, EnquiryEvent.Kind.HANDED_ON)


@dataclass(frozen=True)
class Step:
    """A step that the state allows: a button that takes it, or a link to its form."""

    name: str
    label: str
    url: str
    by_post: bool = False
    is_main: bool = False


@dataclass(frozen=True)
class Pair:
    """An introduction as seen from one enquiry. `other` is None where the user may not see it."""

    row: Introduction
    other: Enquiry | None
    sides: list[dict]

    @property
    def is_asked(self) -> bool:
        return self.row.state == Introduction.State.ASKED


def steps_of(enquiry: Enquiry) -> Iterator[Step]:
    """What the state allows, the most likely first."""

    def step(name: str, label: str, **options) -> Step:
        return Step(name, label, address(enquiry, name), **options)

    if not enquiry.is_closed:
        if enquiry.email:
            yield step("answer", _("Answer by mail"), is_main=enquiry.is_open)
        if enquiry.phone:
            main = enquiry.is_open and not enquiry.email
            yield step("called", _("Answered by telephone"), is_main=main)
        if can_be_taken_up(enquiry):
            yield step("take_up", _("Take up into the network"))
        yield step("hand_on", _("Hand on"))
        yield step("close", _("Close"), is_main=not enquiry.is_open)
        yield step("look_again", _("Look again on …"))
    elif not enquiry.erased_at:
        yield step("reopen", _("Open again"), by_post=True)
    if not enquiry.erased_at:
        yield step("note", _("Internal note"))


def reason_of(event: EnquiryEvent) -> str:
    """Why it happened, in words; "" where there is nothing to say."""
    if event.reason in Reason.values:
        return str(Reason(event.reason).label)
    if event.kind == EnquiryEvent.Kind.CLOSED and event.reason in Outcome.values:
        return str(Outcome(event.reason).label)
    if event.kind == EnquiryEvent.Kind.INTERPRETER and event.reason in Assignment.State.values:
        return str(Assignment.State(event.reason).label)
    said = {
        LOOK_AGAIN: _("somebody wanted to look at it again"),
        UNATTENDED: _("nobody is at the desk"),
    }
    return said.get(event.reason, event.reason)


def written(enquiry: Enquiry) -> dict:
    """What the sender wrote, as `_written.html` shows it."""
    keys = [key for key in enquiry.activities if key in Activity.values]
    return {"enquiry": enquiry, "activities": [Activity(key).label for key in keys]}


def show(page, request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    on = clock.today()
    desk = desk_now(enquiry, on=on, snapshot=snapshot_now())
    events = list(
        enquiry.events.select_related("by", "agency", "post").prefetch_related(
            "agency__translations", "post__translations"
        )
    )
    arrival = next((each for each in reversed(events) if each.kind in ARRIVALS), None)
    context = {
        **written(enquiry),
        "title": enquiry.reference,
        "desk": desk,
        "is_unattended": is_unattended(desk) and not enquiry.is_closed,
        "why_here": reason_of(arrival) if arrival else "",
        "is_late": enquiry.is_open and enquiry.answer_by < on,
        "steps": list(steps_of(enquiry)),
        "said": enquiry.messages.select_related("by"),
        "events": [(event, reason_of(event)) for event in events],
        **_matches(enquiry, request.user, on=on),
        **_interpreters(enquiry, request.user),
    }
    return page.page(request, "page", context)


def _matches(enquiry: Enquiry, user, *, on: dt.date) -> dict:
    pairs = _pairs(enquiry, user)
    is_matched = matching.is_matched(enquiry)
    return {
        "is_matched": is_matched or pairs,
        "pairs": pairs,
        "found": matching.suggest(enquiry, user=user) if is_matched else None,
    }


def _interpreters(enquiry: Enquiry, user) -> dict:
    if enquiry.kind != EnquiryKind.INTERPRETER:
        return {}
    return interpreters.part_of(enquiry, user)


def _pairs(enquiry: Enquiry, user) -> list[Pair]:
    rows = Introduction.objects.filter(offer=enquiry) | Introduction.objects.filter(request=enquiry)
    rows = list(rows.select_related("offer__area__parent", "request__area__parent"))
    seen = set(
        Introduction.objects.visible_to(user)
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    return [_pair(row, enquiry, is_seen=row.pk in seen) for row in rows]


def _pair(row: Introduction, enquiry: Enquiry, *, is_seen: bool) -> Pair:
    other = row.request if row.offer_id == enquiry.pk else row.offer
    sides = [
        {"key": key, "label": label, "enquiry": side, "agreed_at": agreed}
        for key, label, side, agreed in (
            ("offer", _("Offer"), row.offer, row.offer_agreed_at),
            ("request", _("Request"), row.request, row.request_agreed_at),
        )
    ]
    return Pair(row, other if is_seen else None, sides if is_seen else [])
