"""Small, complete objects for tests. Every factory takes what matters and fills in the rest."""

import datetime as dt
import itertools

from contacts.models import (
    Agency,
    Area,
    GroupMember,
    Interpreter,
    InterpreterPool,
    Office,
    Organisation,
    Person,
    PlaceName,
    Post,
    PostalCode,
    Responsibility,
    Tenure,
    Topic,
    WorkingGroup,
)
from contacts.slugs import german_slug
from portal.models import OutboxMessage, User

_numbers = itertools.count(1)


def number() -> int:
    return next(_numbers)


def district(name: str = "Landkreis Muster", key: str | None = None) -> Area:
    key = key or f"{10000 + number()}"
    area = Area.objects.create(
        key=key, kind=Area.Kind.DISTRICT, name=name, slug=german_slug(name), state="Sachsen"
    )
    place_name(area, name, PlaceName.Kind.OFFICIAL)
    return area


def municipality(
    name: str = "Musterstadt", parent: Area | None = None, *, codes=(), official_kind="Stadt"
) -> Area:
    parent = parent or district(f"Landkreis {name}")
    key = f"{10_000_000 + number()}"
    slug = german_slug(name)
    if Area.objects.filter(slug=slug, kind=Area.Kind.MUNICIPALITY).exists():
        slug = f"{slug}-{key}"
    area = Area.objects.create(
        key=key,
        kind=Area.Kind.MUNICIPALITY,
        parent=parent,
        name=name,
        slug=slug,
        official_kind=official_kind,
    )
    return _named(area, codes)


def quarter(name: str, parent: Area) -> Area:
    return _part(Area.Kind.QUARTER, name, parent)


def locality(name: str, parent: Area, *, codes=(), former: bool = False) -> Area:
    return _part(Area.Kind.LOCALITY, name, parent, codes, former)


def _part(kind: str, name: str, parent: Area, codes=(), former: bool = False) -> Area:
    slug = german_slug(name)
    area = Area.objects.create(
        key=f"{parent.key[:8]}-{slug}",
        kind=kind,
        parent=parent,
        name=name,
        slug=slug,
        is_former_municipality=former,
    )
    return _named(area, codes)


def _named(area: Area, codes) -> Area:
    kind = PlaceName.Kind.FORMER if area.is_former_municipality else PlaceName.Kind.OFFICIAL
    place_name(area, area.name, kind)
    for code in codes:
        area.postal_codes.add(PostalCode.objects.get_or_create(code=code)[0])
    return area


def place_name(area: Area, text: str, kind: str = PlaceName.Kind.SHORT, **fields) -> PlaceName:
    return PlaceName.objects.create(area=area, text=text, kind=kind, **fields)


def topic(slug: str = "education", name: str = "Bildung") -> Topic:
    return Topic.objects.language("de").create(slug=slug, name=name)


def agency(name: str = "Koordinierungsstelle Muster", *districts: Area, **fields) -> Agency:
    fields = {
        "slug": f"{german_slug(name)}-{number()}",
        "email": "stelle@example.org",
        "state": Agency.State.SAXONY,
    } | fields
    created = Agency.objects.language("de").create(name=name, **fields)
    created.districts.set(districts)
    return created


def office(of: Agency, street: str = "Markt 1", **fields) -> Office:
    fields = {
        "slug": f"{german_slug(street)}-{number()}",
        "postal_code": "04668",
        "city": "Musterstadt",
    } | fields
    return Office.objects.language("de").create(agency=of, street=street, **fields)


def post(of: Agency, title: str = "Koordination", **fields) -> Post:
    fields = {
        "slug": f"{german_slug(title)}-{number()}",
        "phone": "03433 241 0",
        "email": "post@example.org",
    } | fields
    return Post.objects.language("de").create(agency=of, title=title, **fields)


def holder(of: Post, name: str, **dates) -> Person:
    person = Person.objects.create(agency=of.agency, name=name)
    Tenure.objects.create(post=of, person=person, **dates)
    return person


def rule(of: Post, area: Area, **fields) -> Responsibility:
    return Responsibility.objects.create(post=of, area=area, **fields)


def organisation(of: Agency, name: str = "Sportverein Muster", **fields) -> Organisation:
    fields = {
        "summary": "Sport",
        "slug": f"partner-{number()}",
        "kind": "sport",
        "is_listed": True,
        **fields,
    }
    return Organisation.objects.language("de").create(agency=of, name=name, **fields)


def group(of: Agency, name: str = "AG Sprache", **fields) -> WorkingGroup:
    fields = {"slug": f"gruppe-{number()}", "kind": "standing", **fields}
    return WorkingGroup.objects.language("de").create(agency=of, name=name, **fields)


def member(of: WorkingGroup, email: str, *, convenes: bool = False, **fields) -> GroupMember:
    role = GroupMember.Role.CONVENOR if convenes else GroupMember.Role.MEMBER
    fields = {"name": "Mitglied", **fields}
    return GroupMember.objects.create(group=of, email=email, role=role, **fields)


def pool(desk: Post, name: str = "Sprachmittlung", **fields) -> InterpreterPool:
    fields = {"slug": f"pool-{number()}", "languages": ["ti", "ar"], **fields}
    return InterpreterPool.objects.language("de").create(
        agency=desk.agency, post=desk, name=name, **fields
    )


def interpreter(of: InterpreterPool, name: str = "Saba", **fields) -> Interpreter:
    fields = {"email": f"interpreter-{number()}@example.org", "languages": ["ti"], **fields}
    return Interpreter.objects.create(pool=of, name=name, **fields)


def user(email: str = "", **fields) -> User:
    email = email or f"user{number()}@example.org"
    return User.objects.create_user(email, "a long enough password", **fields)


def mail(owner: Agency | None = None, **fields) -> OutboxMessage:
    """A message that waits in the outbox."""
    written = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
    fields = {
        "about": f"reminder:{number()}",
        "owner": owner.slug if owner else "",
        "recipient": "amal@example.org",
        "subject": "Bitte bestätigen Sie Ihre Angaben",
        "body": "Guten Tag,\n\nstimmen diese Angaben noch?",
        "language": "de",
        "message_id": f"<{number()}@example.org>",
        "created_at": written,
        "not_before": written,
    } | fields
    return OutboxMessage.objects.create(**fields)
