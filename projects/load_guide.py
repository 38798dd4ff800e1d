"""The news, documents, projects and offers of a bundled office (`guide.toml` in its folder).

The file is described in data/offices/README.md. What somebody has edited since it was loaded is
left alone. Offers are published as loaded: the file stands in for an editor's release.
"""

from pathlib import Path

from contacts.load_office import CONTENT_LANGUAGES
from contacts.loading import Record, Ref, Report, load
from contacts.models import (
    Document,
    DocumentTranslation,
    NewsItem,
    NewsItemTranslation,
    Office,
)
from contacts.models.offices import YesNoUnknown
from contacts.office_toml import OfficeToml
from projects.models import (
    Offer,
    OfferTime,
    OfferTranslation,
    Project,
    ProjectContact,
    ProjectTranslation,
)
from projects.models.guide import OfferKind, OfferState, TargetGroup

PROJECT_DOCUMENTS = Project.documents.through
PROJECT_LINES = ("funders", "goals", "steps", "later_steps")
OFFER_TEXTS = ("title", "text", "times_note", "cost_note", "access_note")
OFFER_CONTACTS = ("venue", "street", "postal_code", "city", "phone", "email", "website")


def load_guide(folder: Path) -> Report:
    """Load `guide.toml` of an office that has been loaded before, all or nothing.

    Returns what was done; nothing where the folder has no such file. Raises BadFileError.
    """
    path = folder / "guide.toml"
    if not path.exists():
        return Report()
    guide = GuideFile(path)
    return load(f"guide:{guide.agency.slug}", guide.records())


class GuideFile(OfficeToml):
    """Reads and checks one file; `records()` is what it says, in load order."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.offices = dict(Office.objects.filter(agency=self.agency).values_list("slug", "pk"))

    def records(self) -> list[Record]:
        for rank, entry in enumerate(self.content.get("document", [])):
            self._document(entry, rank)
        for entry in self.content.get("news", []):
            self._news(entry)
        for entry in self.content.get("project", []):
            self._project(entry)
        for entry in self.content.get("offer", []):
            self._offer(entry)
        return self.in_order()

    def _document(self, entry: dict, rank: int) -> None:
        key = self._needed(entry, "key")
        self._add(
            Document,
            key,
            slug=key,
            agency=self.agency.pk,
            kind=self._choice(Document.Kind, entry, "kind"),
            issued=entry.get("issued", ""),
            language=entry.get("language", CONTENT_LANGUAGES[0]),
            size_bytes=entry.get("size_bytes"),
            url=entry.get("url", ""),
            rank=rank,
        )
        self._translations(DocumentTranslation, Document, key, entry, ("title", "summary"))

    def _news(self, entry: dict) -> None:
        key = self._needed(entry, "key")
        self._add(
            NewsItem,
            key,
            slug=key,
            agency=self.agency.pk,
            published_on=self._day(entry, "published_on"),
            valid_until=self._day(entry, "valid_until"),
        )
        texts = ("title", "summary", "text")
        self._translations(NewsItemTranslation, NewsItem, key, entry, texts)

    def _project(self, entry: dict) -> None:
        key = self._needed(entry, "key")
        self._add(
            Project,
            key,
            slug=key,
            agency=self.agency.pk,
            area=self._area(entry),
            starts_on=self._day(entry, "starts_on"),
            ends_on=self._day(entry, "ends_on"),
            website=entry.get("website", ""),
            see_also=entry.get("see_also", ""),
        )
        texts = ("title", "summary", "commissioned_by", *PROJECT_LINES)
        self._translations(ProjectTranslation, Project, key, entry, texts)
        for contact in entry.get("contact", []):
            self._contact(key, contact)
        for document in entry.get("documents", []):
            links = {"project": Ref(Project, key), "document": Ref(Document, document)}
            self._add(PROJECT_DOCUMENTS, f"{key} {document}", unique="", **links)

    def _contact(self, project: str, entry: dict) -> None:
        office = entry.get("office", "")
        if office and office not in self.offices:
            raise self.bad(f"office “{office}” is none of this agency.")
        self._add(
            ProjectContact,
            f"{project} {self._needed(entry, 'key')}",
            unique="",
            project=Ref(Project, project),
            name=self._needed(entry, "name"),
            role=entry.get("role", ""),
            office=self.offices.get(office),
            phone=entry.get("phone", ""),
            email=entry.get("email", ""),
            valid_from=self._day(entry, "valid_from"),
            valid_until=self._day(entry, "valid_until"),
        )

    def _offer(self, entry: dict) -> None:
        key = self._needed(entry, "key")
        area = self._area(entry)
        if area is None:
            raise self.bad(f"offer {key}: area is missing.")
        self._add(
            Offer,
            key,
            slug=key,
            agency=self.agency.pk,
            state=OfferState.PUBLISHED,
            kind=self._choice(OfferKind, entry, "kind"),
            provider=self._needed(entry, "provider"),
            target_groups=[self._one_of(TargetGroup, name) for name in entry.get("for", [])],
            languages=entry.get("languages", []),
            area=area,
            by_appointment=bool(entry.get("by_appointment")),
            cost=entry.get("cost", Offer.Cost.UNKNOWN.value),
            step_free=entry.get("step_free", YesNoUnknown.UNKNOWN.value),
            contact_name=entry.get("contact", ""),
            valid_from=self._day(entry, "valid_from"),
            valid_until=self._day(entry, "valid_until"),
            confirmed_on=self._day(entry, "confirmed_on"),
            **{name: entry.get(name, "") for name in OFFER_CONTACTS},
        )
        self._translations(OfferTranslation, Offer, key, entry, OFFER_TEXTS)
        for number, time in enumerate(entry.get("time", [])):
            self._add(
                OfferTime,
                f"{key} {number}",
                unique="",
                offer=Ref(Offer, key),
                weekday=self._needed(time, "weekday"),
                opens=self._needed(time, "opens"),
                closes=time.get("closes"),
                rhythm=time.get("rhythm", OfferTime.Rhythm.WEEKLY.value),
            )
