"""The documents of agencies as public pages show them: frozen, without a query."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

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
    pages: int | None
    is_tagged: bool | None
    file: str
    file_name: str
    url: str
    valid_until: dt.date | None
    superseded_by_id: int | None

    @property
    def kind_label(self) -> str:
        return str(Document.Kind(self.kind).label)

    @property
    def year(self) -> str:
        return self.issued[:4]

    def is_current(self, on: dt.date) -> bool:
        """Whether it holds on the day `on`: neither replaced by a next edition nor over."""
        over = self.valid_until is not None and self.valid_until < on
        return self.superseded_by_id is None and not over

    def get_absolute_url(self) -> str:
        return reverse("contacts:document", args=[self.slug])


@dataclass(frozen=True)
class Documents:
    """Everything public of one data version."""

    by_id: Mapping[int, DocumentView]

    def document(self, slug: str) -> DocumentView | None:
        return next((document for document in self.by_id.values() if document.slug == slug), None)

    def of_agency(self, agency: AgencyView, on: dt.date) -> list[DocumentView]:
        """What holds on the day `on`, in the order in which the agency wants it."""
        own = (document for document in self.by_id.values() if document.agency.id == agency.id)
        return [document for document in own if document.is_current(on)]

    def next_of(self, document: DocumentView) -> DocumentView | None:
        """The newest edition that follows `document`, or None where it is that itself."""
        seen = {document.id}
        newest = None
        while (key := document.superseded_by_id) in self.by_id and key not in seen:
            newest = document = self.by_id[key]
            seen.add(key)
        return newest

    def former_of(self, document: DocumentView) -> list[DocumentView]:
        """The editions that `document` has replaced, one step back."""
        return [d for d in self.by_id.values() if d.superseded_by_id == document.id]


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
        pages=row.pages,
        is_tagged=row.is_tagged,
        file=row.file.name,
        file_name=row.file_name,
        url=row.url,
        valid_until=row.valid_until,
        superseded_by_id=row.superseded_by_id,
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
