"""The projects of agencies as public pages show them: frozen, without a query.

Dates are local (Europe/Berlin) and inclusive; None is unknown or open.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from contacts.documents import DocumentView
from contacts.documents import current as documents_of
from contacts.places import Place
from contacts.published import AgencyView, OfficeView
from contacts.snapshot import Snapshot
from contacts.snapshot import current as contacts_of
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts
from projects.models import Project, ProjectContact

PUBLIC = AnonymousUser()


@dataclass(frozen=True, eq=False)
class ContactView:
    name: str
    role: str
    office: OfficeView | None
    phone: str
    email: str
    valid_from: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True, eq=False)
class ProjectView:
    """A project; `goals`, `steps`, `later_steps` and `funders` are lists, one entry a line."""

    slug: str
    agency: AgencyView
    place: Place | None
    title: Text
    summary: Text
    commissioned_by: Text
    funders: Text
    goals: Text
    steps: Text
    later_steps: Text
    starts_on: dt.date | None
    ends_on: dt.date | None
    website: str
    see_also: str
    contacts: tuple[ContactView, ...]
    documents: tuple[DocumentView, ...]

    def is_finished(self, on: dt.date) -> bool:
        return self.ends_on is not None and self.ends_on < on

    def has_begun(self, on: dt.date) -> bool:
        return self.starts_on is None or self.starts_on <= on

    def get_absolute_url(self) -> str:
        return reverse("projects:project", args=[self.slug])


@dataclass(frozen=True)
class Projects:
    """Everything public of one data version, the newest first."""

    every: tuple[ProjectView, ...]

    def project(self, slug: str) -> ProjectView | None:
        return next((project for project in self.every if project.slug == slug), None)

    def running(self, on: dt.date) -> list[ProjectView]:
        """Those that are not over on the day `on`, coming ones among them."""
        return [project for project in self.every if not project.is_finished(on)]

    def finished(self, on: dt.date) -> list[ProjectView]:
        return [project for project in self.every if project.is_finished(on)]

    def of_agency(self, agency: AgencyView) -> list[ProjectView]:
        return [project for project in self.every if project.agency.id == agency.id]

    def at(self, place: Place) -> list[ProjectView]:
        """Those at `place` or at what it is part of, but not the county as a whole."""
        steps = {step.id for step in place.ladder if not step.is_district}
        return [p for p in self.every if p.place is not None and p.place.id in steps]


def current(versions: Versions) -> Projects:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> Projects:
    snapshot = contacts_of(versions)
    documents = documents_of(versions).by_id
    contacts: dict[int, list[ContactView]] = {}
    for row in ProjectContact.objects.visible_to(PUBLIC):
        contacts.setdefault(row.project_id, []).append(_contact(row, snapshot))
    rows = Project.objects.visible_to(PUBLIC).prefetch_related("translations", "documents")
    return Projects(
        tuple(_project(row, snapshot, contacts.get(row.pk, ()), documents) for row in rows)
    )


def _project(
    row: Project,
    snapshot: Snapshot,
    contacts: list[ContactView],
    documents: Mapping[int, DocumentView],
) -> ProjectView:
    words = row.translations.all()
    return ProjectView(
        slug=row.slug,
        agency=snapshot.agencies[row.agency_id],
        place=snapshot.gazetteer.by_id.get(row.area_id),
        title=texts(words, "title"),
        summary=texts(words, "summary"),
        commissioned_by=texts(words, "commissioned_by"),
        funders=texts(words, "funders"),
        goals=texts(words, "goals"),
        steps=texts(words, "steps"),
        later_steps=texts(words, "later_steps"),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        website=row.website,
        see_also=row.see_also,
        contacts=tuple(contacts),
        documents=tuple(documents[document.pk] for document in row.documents.all()),
    )


def _contact(row: ProjectContact, snapshot: Snapshot) -> ContactView:
    return ContactView(
        name=row.name,
        role=row.role,
        office=snapshot.offices.get(row.office_id),
        phone=row.phone,
        email=row.email,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
