"""The network of each agency as public pages show it: frozen, without a query.

Only partners that want to be listed, and groups without a word about who belongs to them: names and
addresses of members are for their group alone. Dates are local (Europe/Berlin) and inclusive.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from contacts.models import Organisation, WorkingGroup
from contacts.models.network import PartnerKind
from contacts.names import search_keys
from contacts.places import Place
from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts

# In this order they stand on a page.
KINDS = WorkingGroup.Kind.values


@dataclass(frozen=True, eq=False)
class OrganisationView:
    """A partner that has agreed to be listed. `place` is None where none is recorded."""

    id: int
    slug: str
    agency: AgencyView
    name: str
    summary: Text
    kind: str
    place: Place | None
    phone: str
    email: str
    website: str

    @property
    def kind_label(self) -> str:
        return str(PartnerKind(self.kind).label)

    @property
    def anchor(self) -> str:
        return f"partner-{self.slug}"

    def get_absolute_url(self) -> str:
        """Its line in the list, on whichever page of it that stands."""
        return f"{reverse('contacts:network')}?partner={self.slug}#{self.anchor}"


@dataclass(frozen=True, eq=False)
class GroupView:
    id: int
    slug: str
    agency: AgencyView
    name: Text
    tasks: Text
    kind: str
    started_on: dt.date | None
    ended_on: dt.date | None

    @property
    def kind_label(self) -> str:
        return str(WorkingGroup.Kind(self.kind).label)

    @property
    def kind_note(self) -> str:
        """Its kind, where its name does not say just that."""
        return "" if self.kind_label == str(self.name) else self.kind_label

    def is_ended(self, on: dt.date) -> bool:
        ended = self.ended_on is not None and self.ended_on < on
        return ended or self.agency.is_finished(on)

    def get_absolute_url(self) -> str:
        return reverse("contacts:group", args=[self.slug])


@dataclass(frozen=True, eq=False)
class Network:
    """Everything public of one data version: partners by name, groups as agencies order them."""

    organisations: tuple[OrganisationView, ...]
    groups: tuple[GroupView, ...]

    def group(self, slug: str) -> GroupView | None:
        return next((group for group in self.groups if group.slug == slug), None)

    def groups_of(self, agency: AgencyView, on: dt.date) -> list[GroupView]:
        """The groups at work on the day `on`, the steering group first."""
        own = (group for group in self.groups if group.agency.id == agency.id)
        return [group for group in own if not group.is_ended(on)]

    def partners(self, on: dt.date, agency: AgencyView | None = None) -> list[OrganisationView]:
        """The partners of `agency`, or of all that are at work on the day `on`."""
        return [
            partner
            for partner in self.organisations
            if not partner.agency.is_finished(on)
            and (agency is None or partner.agency.id == agency.id)
        ]


def current(versions: Versions) -> Network:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> Network:
    held, anybody = contacts_of(versions), AnonymousUser()
    partners = Organisation.objects.visible_to(anybody).prefetch_related("translations")
    groups = WorkingGroup.objects.visible_to(anybody).prefetch_related("translations")
    return Network(
        tuple(
            _partner(row, held.agencies[row.agency_id], held.gazetteer.by_id.get(row.area_id))
            for row in sorted(partners, key=lambda row: (search_keys(row.name)[1], row.slug))
        ),
        tuple(
            _group(row, held.agencies[row.agency_id])
            for row in sorted(groups, key=lambda row: (KINDS.index(row.kind), row.rank, row.slug))
        ),
    )


def _partner(row: Organisation, agency: AgencyView, place: Place | None) -> OrganisationView:
    return OrganisationView(
        id=row.pk,
        slug=row.slug,
        agency=agency,
        name=row.name,
        summary=texts(row.translations.all(), "summary"),
        kind=row.kind,
        place=place,
        phone=row.phone,
        email=row.email,
        website=row.website,
    )


def _group(row: WorkingGroup, agency: AgencyView) -> GroupView:
    words = row.translations.all()
    return GroupView(
        id=row.pk,
        slug=row.slug,
        agency=agency,
        name=texts(words, "name"),
        tasks=texts(words, "tasks"),
        kind=row.kind,
        started_on=row.started_on,
        ended_on=row.ended_on,
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
