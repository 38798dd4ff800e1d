"""Enquiries in the example county, and those who deal with them."""

import datetime as dt
from dataclasses import dataclass

from django.test import Client

from contacts.enquiries.promises import answer_by
from contacts.models import Enquiry, EnquiryEvent, Post, StaffRole
from contacts.roles import Role
from portal import clock, references
from portal.models import User
from tests import factories
from tests.contacts.county import County, county

NOW = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)  # a Monday
LIST = "/verwaltung/contacts/enquiry/"


@dataclass
class Desks:
    """The county; Richter (Grimma) and Loth (Borna) are coordinators with an account each."""

    place: County
    richter: User
    loth: User
    admin: User


def desks() -> Desks:
    place = county()
    richter = coordinator(place.richter, "Martina Richter")
    loth = coordinator(place.loth, "Jana Loth")
    return Desks(place, richter, loth, staff(place, Role.AGENCY_ADMIN))


def staff(place: County, role: Role, name: str = "") -> User:
    user = factories.user(is_staff=True, name=name)
    StaffRole.objects.create(user=user, agency=place.agency, role=role)
    return user


def coordinator(post: Post, name: str) -> User:
    user = factories.user(is_staff=True, name=name)
    StaffRole.objects.create(user=user, agency=post.agency, role=Role.COORDINATOR)
    person = post.tenures.get().person
    person.user = user
    person.save()
    return user


def enquiry(post: Post | None, *, now: dt.datetime = NOW, **fields) -> Enquiry:
    """An enquiry at `post`, received at `now`; `agency` only where it lies at no post."""
    agency = fields.pop("agency", None) or post.agency
    kind = fields.get("kind", "help-wanted")
    fields = {
        "kind": kind,
        "reference": references.draw("AN"),
        "agency": agency,
        "assigned_post": post,
        "name": "Amal Haddad",
        "email": "amal@example.org",
        "text": "Wir suchen Hilfe bei den Hausaufgaben.",
        "language": "en",
        "nonce": f"{factories.number()}",
        "received_at": now,
        "answer_by": answer_by(kind, state=agency.state, on=clock.today(now)),
    } | fields
    row = Enquiry.objects.create(**fields)
    EnquiryEvent.objects.create(
        enquiry=row,
        kind=EnquiryEvent.Kind.RECEIVED,
        at=now,
        agency=agency,
        post=post,
        reason="responsible",
    )
    return row


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client
