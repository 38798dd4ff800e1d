"""Taking in an enquiry."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from contacts.enquiries import mails
from contacts.enquiries.events import enter
from contacts.enquiries.promises import answer_by
from contacts.enquiries.routing import TOPICS, route
from contacts.models import Enquiry, EnquiryEvent
from contacts.places import Place
from contacts.published import AgencyView
from contacts.snapshot import Snapshot
from portal import clock, references

PREFIX = "AN"


class SentBeforeError(ValueError):
    """The form has brought an enquiry before, and another one than this."""


@transaction.atomic
def receive(
    values: Mapping[str, Any],
    *,
    place: Place | None,
    agency: AgencyView | None = None,
    nonce: str,
    snapshot: Snapshot,
    now: dt.datetime,
) -> Enquiry:
    """Store a valid enquiry at the desk that `routing.route` names, and tell both sides.

    `values` are fields of `Enquiry`, the kind among them. `nonce` names the form: what it brings a
    second time is dropped, and what it brought first is returned. Raises `NobodyAtWorkError`, and
    `SentBeforeError` for something else with the same nonce.
    """
    on = clock.today(now)
    desk = route(values["kind"], place, agency=agency, on=on, snapshot=snapshot)
    topic = snapshot.topic(TOPICS.get(values["kind"], ""))
    enquiry, is_new = Enquiry.objects.get_or_create(
        nonce=nonce,
        defaults={
            **values,
            "reference": references.draw(PREFIX),
            "agency_id": desk.agency.id,
            "assigned_post_id": desk.post.id if desk.post else None,
            "area_id": place.id if place else None,
            "topic_id": topic.id if topic else None,
            "language": get_language() or "",
            "received_at": now,
            "answer_by": answer_by(values["kind"], state=desk.agency.state, on=on),
        },
    )
    if not is_new and any(getattr(enquiry, name) != values[name] for name in values):
        raise SentBeforeError
    if is_new:
        enter(enquiry, EnquiryEvent.Kind.RECEIVED, by=None, now=now, reason=desk.reason)
        mails.to_sender(enquiry, "receipt", now=now, desk=desk)
        mails.to_desk(enquiry, "new", now=now)
    return enquiry
