"""At which desk an enquiry lies: always at one.

The resolver answers for the place. Where it knows nobody (no rule, a post that is not filled) the
agency as a whole takes it; where no agency at work covers the place, the nearest one does: it is
the only one that can still say who helps there.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from contacts.models.enquiry import EnquiryKind
from contacts.places import Place
from contacts.published import AgencyView, PostView
from contacts.resolver import Cause, Contact, Outcome, Resolution, contacts_of, resolve
from contacts.snapshot import Snapshot

# The topic of each kind, where a county has it: its own rules come first, then the general ones.
TOPICS = {
    EnquiryKind.INTERPRETER: "interpreting",
    EnquiryKind.HELP_OFFERED: "volunteering",
    EnquiryKind.PEOPLE_WANTED: "volunteering",
    EnquiryKind.IDEA: "funding",
}
FOR_THE_LEAD = frozenset({EnquiryKind.NETWORK})
FOR_THE_AGENCY = frozenset({EnquiryKind.BARRIER})


class Reason(TextChoices):
    """Why an enquiry came to its first desk."""

    RESPONSIBLE = "responsible", _("responsible for the place")
    TOPIC = "topic", _("responsible for the topic at this place")
    STANDING_IN = "standing-in", _("somebody else stands in for the responsible post")
    NOT_FILLED = "not-filled", _("the responsible post is not filled: the agency takes it")
    NO_RULE = "no-rule", _("nobody is recorded for the place: the agency takes it")
    WHOLE_AGENCY = "whole-agency", _("concerns the agency as a whole")
    FINISHED = "finished", _("the agency of the place has ended: the nearest one takes it")
    OUTSIDE = "outside", _("no agency covers the place: the nearest one takes it")


class NobodyAtWorkError(LookupError):
    """There is no agency at work in this installation: nobody could answer."""


@dataclass(frozen=True)
class Desk:
    """Where an enquiry lies, and who answers there now.

    `post` is the responsible one, None for the agency as a whole. `contact` is who answers on the
    day: the stand-in of an absent holder, the deputy of a vacant post.
    """

    agency: AgencyView
    post: PostView | None
    contact: Contact | None
    reason: Reason

    @property
    def phone(self) -> str:
        return (self.contact.phone if self.contact else "") or self.agency.phone

    @property
    def email(self) -> str:
        return (self.contact.email if self.contact else "") or self.agency.email


def route(
    kind: str,
    place: Place | None,
    *,
    agency: AgencyView | None = None,
    on: dt.date,
    snapshot: Snapshot,
) -> Desk:
    """The desk for an enquiry of `kind` about `place` on the local date `on`.

    Whoever wants to join a network writes to `agency`, wherever they are themselves; all others to
    whoever answers for the place. Without a place it goes to `agency`, or to the only one at work;
    where there are several, to the first one by its key. Raises `NobodyAtWorkError`.
    """
    at_work = [a for a in snapshot.agencies.values() if not a.is_finished(on)]
    if not at_work:
        raise NobodyAtWorkError
    if kind in FOR_THE_LEAD and agency in at_work:
        return _of_agency(kind, agency, Reason.WHOLE_AGENCY, on=on, snapshot=snapshot)
    if place is None:
        chosen = agency if agency in at_work else min(at_work, key=lambda a: a.slug)
        return _of_agency(kind, chosen, Reason.WHOLE_AGENCY, on=on, snapshot=snapshot)
    topic = snapshot.topic(TOPICS.get(kind, ""))
    found = resolve(place, topic, on=on, snapshot=snapshot)
    if found.outcome is Outcome.OUTSIDE or found.cause is Cause.AGENCY_FINISHED:
        reason = Reason.OUTSIDE if found.outcome is Outcome.OUTSIDE else Reason.FINISHED
        chosen = nearest(place, at_work, snapshot=snapshot)
        return _of_agency(kind, chosen, reason, on=on, snapshot=snapshot)
    if kind in FOR_THE_LEAD | FOR_THE_AGENCY:
        return _of_agency(kind, found.agency, Reason.WHOLE_AGENCY, on=on, snapshot=snapshot)
    if not found.contacts:
        return Desk(found.agency, None, None, _why_nobody(found))
    contact = found.contacts[0]
    if contact.standing_in_for is not None:
        return Desk(found.agency, contact.standing_in_for, contact, Reason.STANDING_IN)
    reason = Reason.TOPIC if found.fits_topic else Reason.RESPONSIBLE
    return Desk(found.agency, contact.post, contact, reason)


def desk_of(
    post: PostView | None, agency: AgencyView, *, on: dt.date, snapshot: Snapshot
) -> Contact | None:
    """Who answers on the day `on` for an enquiry that lies at `post`; None: the agency."""
    if post is None:
        return None
    contacts = contacts_of([post], on=on, snapshot=snapshot)
    return contacts[0] if contacts else None


def nearest(place: Place, agencies: Iterable[AgencyView], *, snapshot: Snapshot) -> AgencyView:
    """Of `agencies` (not empty) the one with the town that is nearest to `place`.

    Where no position is known: one of the same federal state, else the first by its key.
    """
    here = _point(place)

    def distance(agency: AgencyView) -> tuple[float, bool, str]:
        towns = [
            point
            for district in agency.districts
            for town in (district, *snapshot.gazetteer.children.get(district.id, ()))
            if (point := _point(town)) is not None
        ]
        near = min((_apart(here, town) for town in towns), default=math.inf) if here else math.inf
        states = {district.state for district in agency.districts}
        return (near, place.district.state not in states, agency.slug)

    return min(agencies, key=distance)


def _point(place: Place) -> tuple[float, float] | None:
    return next((step.point for step in place.ladder if step.point is not None), None)


def _apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two points (longitude, latitude), in degrees of latitude, about."""
    shrink = math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot((a[0] - b[0]) * shrink, a[1] - b[1])


def _of_agency(
    kind: str, agency: AgencyView, reason: Reason, *, on: dt.date, snapshot: Snapshot
) -> Desk:
    """The agency as a whole; its leading post for what only that one can decide."""
    if kind in FOR_THE_LEAD:
        for post in snapshot.posts_of(agency):
            if post.leads and post.is_filled:
                return Desk(agency, post, desk_of(post, agency, on=on, snapshot=snapshot), reason)
    return Desk(agency, None, None, reason)


def _why_nobody(found: Resolution) -> Reason:
    if found.cause is Cause.POST_NOT_FILLED:
        return Reason.NOT_FILLED
    if found.cause is Cause.NO_RULE:
        return Reason.NO_RULE
    return Reason.WHOLE_AGENCY
