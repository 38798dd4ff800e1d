"""The documents of agencies as public pages show them: frozen, without a query."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from contacts.models import Document
from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts


@dataclass(frozen=True, eq=False)
class DocumentView:
    """`issued` is a year, year-month or day (ISO), as exact as it is known; "" is unknown."""

    id: int
    slug: str
    agency: AgencyView
    title: Text
    summary: Text
    kind: str
    issued: str
    language: str
    size_bytes: int | None
    url: str

    @property
    def kind_label(self) -> str:
        return str(Document.Kind(self.kind).label)


@dataclass(frozen=True)
class Documents:
    """Everything public of one data version."""

    by_id: Mapping[int, DocumentView]

    def of_agency(self, agency: AgencyView) -> list[DocumentView]:
        """In the order in which the agency wants them."""
        return [document for document in self.by_id.values() if document.agency.id == agency.id]


def current(versions: Versions) -> Documents:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> Documents:
    agencies = contacts_of(versions).agencies
    rows = Document.objects.visible_to(AnonymousUser()).prefetch_related("translations")
    return Documents({row.pk: _view(row, agencies[row.agency_id]) for row in rows})


def _view(row: Document, agency: AgencyView) -> DocumentView:
    return DocumentView(
        id=row.pk,
        slug=row.slug,
        agency=agency,
        title=texts(row.translations.all(), "title"),
        summary=texts(row.translations.all(), "summary"),
        kind=row.kind,
        issued=row.issued,
        language=row.language,
        size_bytes=row.size_bytes,
        url=row.url,
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
