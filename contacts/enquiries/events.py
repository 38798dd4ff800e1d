"""Entering in the history of an enquiry what has happened to it."""

import datetime as dt

from contacts.models import Enquiry, EnquiryEvent
from portal.models import User


def enter(
    enquiry: Enquiry,
    kind: EnquiryEvent.Kind,
    *,
    by: User | None,
    now: dt.datetime,
    reason: str = "",
) -> EnquiryEvent:
    """Note `kind`, with the desk at which the enquiry lies from then on."""
    return EnquiryEvent.objects.create(
        enquiry=enquiry,
        kind=kind,
        at=now,
        by=by,
        agency_id=enquiry.agency_id,
        post_id=enquiry.assigned_post_id,
        reason=reason,
    )
