"""Desks: who answers at one today, and to which an enquiry can be handed on."""

import datetime as dt
from dataclasses import dataclass

from contacts.enquiries.routing import desk_of
from contacts.models import Enquiry
from contacts.published import AgencyView, PostView
from contacts.resolver import Contact
from contacts.snapshot import Snapshot


@dataclass(frozen=True)
class Target:
    """A desk; `post` is None for the agency as a whole, `contact` is who answers there today."""

    agency: AgencyView
    post: PostView | None
    contact: Contact | None

    @property
    def key(self) -> str:
        """What a form sends for it, such as "post-3"."""
        return f"post-{self.post.id}" if self.post else f"agency-{self.agency.id}"

    @property
    def label(self) -> str:
        """Such as "Koordination (Jana Loth)"; half an agency may share one title."""
        if self.post is None:
            return str(self.agency.name)
        office = self.post.office
        who = self.contact.holder_names if self.contact else ""
        return f"{self.post.title} ({who or (office.city if office else self.post.slug)})"

    @property
    def phone(self) -> str:
        return (self.contact.phone if self.contact else "") or self.agency.phone


def desk_now(enquiry: Enquiry, *, on: dt.date, snapshot: Snapshot) -> Target:
    """Where `enquiry` lies, and who answers there on the local date `on`."""
    agency = snapshot.agencies[enquiry.agency_id]
    post = snapshot.posts.get(enquiry.assigned_post_id)
    return Target(agency, post, desk_of(post, agency, on=on, snapshot=snapshot))


def is_unattended(target: Target) -> bool:
    """Whether nobody answers at the post: it is not filled, or its holder is away, and nobody
    stands in. The agency as a whole is always there."""
    contact = target.contact
    if target.post is None:
        return False
    return contact is None or (contact.absence is not None and contact.standing_in_for is None)


def targets(enquiry: Enquiry, *, on: dt.date, snapshot: Snapshot) -> list[Target]:
    """Where else `enquiry` could lie: posts of the agency at which somebody answers on the local
    date `on`, the agency as a whole, and the other agencies at work."""
    here = desk_now(enquiry, on=on, snapshot=snapshot)
    own = [
        Target(here.agency, post, desk_of(post, here.agency, on=on, snapshot=snapshot))
        for post in snapshot.posts_of(here.agency)
    ]
    agencies = [here.agency, *(a for a in snapshot.agencies.values() if a is not here.agency)]
    wholes = [Target(agency, None, None) for agency in agencies if not agency.is_finished(on)]
    return [
        target for target in (*own, *wholes) if target.key != here.key and not is_unattended(target)
    ]
