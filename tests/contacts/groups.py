"""A group in the example county: its members, and everybody else who might look into it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.test import Client

from contacts.models import Agency, Meeting, StaffRole, WorkingGroup
from contacts.network import meetings
from contacts.roles import Role
from portal.models import User
from tests import factories
from tests.contacts.county import County, county
from tests.portal.entering import entered

NOW = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)  # a Monday
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
START = dt.datetime(2027, 1, 12, 16, 0, tzinfo=dt.UTC)  # 17:00 in Germany
CONVENOR, MEMBER = "vorsitz@example.org", "mitglied@example.org"
FORMER, OTHER = "frueher@example.org", "andere@example.org"


@dataclass
class Network:
    """`group` is convened by CONVENOR; MEMBER belongs to it, FORMER did until yesterday.

    OTHER convenes `other`, a group of the same agency; `foreign` is one of another agency.
    """

    place: County
    group: WorkingGroup
    other: WorkingGroup
    foreign: WorkingGroup

    @property
    def agency(self) -> Agency:
        return self.place.agency


def network() -> Network:
    place = county()
    abroad = factories.agency("Fremde Stelle")
    group = factories.group(place.agency, "AG Sprache", slug="ag-sprache")
    partner = factories.organisation(place.agency, "Volkshochschule")
    factories.member(group, CONVENOR, convenes=True, name="Vera Vorsitz", organisation=partner)
    factories.member(group, MEMBER, name="Mira Mitglied")
    factories.member(group, FORMER, name="Falk Früher", valid_until=TODAY - DAY, convenes=True)
    factories.member(group, "bald@example.org", name="Bela Bald", valid_from=TODAY + DAY)
    other = factories.group(place.agency, "AG Arbeit", slug="ag-arbeit")
    factories.member(other, OTHER, convenes=True, name="Olga Andere")
    foreign = factories.group(abroad, "AG Fern", slug="ag-fern")
    factories.member(foreign, "fern@example.org", name="Fred Fern")
    return Network(place, group, other, foreign)


def staff(agency: Agency, role: Role | None, **fields) -> User:
    user = factories.user(is_staff=True, **fields)
    if role is not None:
        StaffRole.objects.create(user=user, agency=agency, role=role)
    return user


def by_code(email: str) -> User:
    return User.objects.of_address(email) or User.objects.create_user(email)


def meeting(group: WorkingGroup, *, by: User, **fields) -> Meeting:
    plan = {
        "title": "Sommerfest",
        "starts_at": START,
        "ends_at": START + dt.timedelta(hours=2),
        "place": "Rathaus Borna, Raum 2",
        "agenda": "Begrüßung\nHaushalt",
    }
    return meetings.invite(group, **{**plan, "by": by, "now": NOW, **fields}).meeting


def everybody(of: Network) -> Iterator[tuple[str, object, bool, bool]]:
    """Who, the user, whether they see what belongs to `group`, and whether they may convene it."""
    yield "anonymous", AnonymousUser(), False, False
    yield "stranger", by_code("fremd@example.org"), False, False
    yield "member", by_code(MEMBER.upper()), True, False
    yield "convenor", by_code(CONVENOR), True, True
    yield "former convenor", by_code(FORMER), False, False
    yield "member from tomorrow on", by_code("bald@example.org"), False, False
    yield "convenor of another group", by_code(OTHER), False, False
    yield "member elsewhere", by_code("fern@example.org"), False, False
    keepers = {Role.EDITOR, Role.COORDINATOR, Role.AGENCY_ADMIN}
    for role in Role:
        yield role.value, staff(of.agency, role), role in keepers, role in keepers
        yield f"{role.value} elsewhere", staff(of.foreign.agency, role), False, False
    yield "staff without a role", staff(of.agency, None), False, False
    yield "superuser", factories.user(is_staff=True, is_superuser=True), True, True
    off = {"is_active": False}
    yield "superuser, switched off", factories.user(is_staff=True, is_superuser=True, **off), *NO
    yield "keeper, switched off", staff(of.agency, Role.EDITOR, **off), *NO
    gone = factories.user("weg@example.org", **off)
    factories.member(of.group, gone.email, convenes=True)
    yield "convenor, switched off", gone, *NO


NO = (False, False)


def client_of(user: User) -> Client:
    """Logged in by the door of their own."""
    if not user.is_staff:
        return entered(user.email)
    client = Client()
    client.force_login(user)
    return client
