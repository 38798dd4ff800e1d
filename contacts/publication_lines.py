"""What a publication has changed, as lines that people can read."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextField
from django.db.models.functions import Cast, Concat
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from contacts.history import Entry, FieldChange
from contacts.labels import post_label
from contacts.models import (
    Absence,
    Area,
    Person,
    Post,
    PostTranslation,
    Publication,
    Responsibility,
    Tenure,
    Topic,
)
from contacts.records import MODELS, columns
from portal import clock

BOOKKEEPING = {"model", "id", "agency_id", "slug", "rank", "master_id", "language_code"}


@dataclass(frozen=True)
class Line:
    """What it is about, and what was said before and after; "" where nothing was."""

    about: str
    before: str
    after: str


def entries_about(row: Post | Responsibility) -> list[Entry]:
    """The publications that changed a rule, or the places of a post, the newest first."""
    is_rule = isinstance(row, Responsibility)
    agency = row.post.agency_id if is_rule else row.agency_id
    key = "id" if is_rule else "post_id"
    found: list[tuple[Publication, list[dict], list[dict]]] = []
    for publication in _mentioning(f'"{key}": {row.pk},', agency):
        before, after = (
            [
                record
                for record in side
                if record["model"] == "responsibility" and record[key] == row.pk
            ]
            for side in (publication.before, publication.after)
        )
        found.append((publication, before, after))
    names = Names([record for _p, *sides in found for side in sides for record in side])
    return [
        _entry(publication, lines)
        for publication, before, after in found
        if (lines := _pairs(before, after, names))
    ]


def _entry(publication: Publication, lines: list[Line]) -> Entry:
    about = publication.reason or publication.get_kind_display()
    return Entry(
        when=publication.published_at,
        who=str(publication.published_by or _("loaded from a file")),
        about=_("Publication: %s") % about,
        kind="~",
        changes=tuple(FieldChange(line.about, line.before, line.after) for line in lines),
        model="publication",
        version=publication.pk,
        can_be_restored=False,
    )


def _mentioning(text: str, agency: int):
    """Publications whose rows hold `text` as JSON; a rough sieve, the same on both databases."""
    rows = Publication.objects.filter(agency=agency).select_related("published_by")
    rows = rows.annotate(said=Concat(Cast("before", TextField()), Cast("after", TextField())))
    return rows.filter(said__contains=text)


class Names:
    """The rows that the records of a publication point at, by today's names: one query a model."""

    def __init__(self, records: list[dict]) -> None:
        def ids(*names: str) -> set[int]:
            return {record[n] for record in records for n in names if record.get(n)}

        masters = {record["master_id"] for record in records if "master_id" in record}
        own = {record["id"] for record in records if record["model"] == "post"}
        posts = Post.objects.select_related("office").prefetch_related(
            "translations", "tenures__person"
        )
        self.posts = posts.in_bulk(ids("post_id", "stand_in_id", "deputy_id") | masters | own)
        self.people = Person.objects.in_bulk(ids("person_id"))
        self.areas = Area.objects.select_related("parent").in_bulk(ids("area_id"))
        self.topics = Topic.objects.prefetch_related("translations").in_bulk(ids("topic_id"))
        self.today = clock.today()

    def post(self, pk: int | None) -> str:
        post = self.posts.get(pk)
        return post_label(post, on=self.today) if post else "–"

    def place(self, record: dict) -> str:
        place = str(self.areas.get(record["area_id"], "–"))
        topic = self.topics.get(record["topic_id"])
        return f"{place} ({topic})" if topic else place

    def person(self, pk: int | None) -> str:
        return str(self.people.get(pk, "–"))


def lines_of(publication: Publication, *, without_rules: bool = False) -> list[Line]:
    """One line a changed row; of a post, one a changed field."""
    before, after = (
        [row for row in side if not (without_rules and row["model"] == "responsibility")]
        for side in (publication.before, publication.after)
    )
    return _pairs(before, after, Names([*before, *after]))


def _pairs(old: list[dict], new: list[dict], names: Names) -> list[Line]:
    before = {(record["model"], record["id"]): record for record in old}
    after = {(record["model"], record["id"]): record for record in new}
    found: list[Line] = []
    for key in dict.fromkeys((*before, *after)):
        found += _lines(MODELS[key[0]], before.get(key), after.get(key), names)
    return found


def _lines(model, old: dict | None, new: dict | None, names: Names) -> Iterator[Line]:
    record = new or old
    if model is Responsibility:
        yield Line(names.place(record), *(_rule(side, names) for side in (old, new)))
    elif model is Tenure:
        yield Line(names.post(record["post_id"]), *(_tenure(side, names) for side in (old, new)))
    elif model is Absence:
        about = _("%(person)s away") % {"person": names.person(record["person_id"])}
        yield Line(about, *(_absence(side, names) for side in (old, new)))
    elif model is Person:
        yield Line(_("Person"), *(side["name"] if side else "" for side in (old, new)))
    else:
        owner = record["master_id"] if model is PostTranslation else record["id"]
        yield from _fields(model, names.post(owner), old or {}, new or {})


def _fields(model, about: str, old: dict, new: dict) -> Iterator[Line]:
    for field in columns(model):
        name = field.attname
        if name not in BOOKKEEPING and old.get(name) != new.get(name):
            shown = (_shown(field, side.get(name)) for side in (old, new))
            yield Line(f"{about}: {field.verbose_name}", *shown)


def _shown(field, value) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value) or localize(field.to_python(value)))


def _rule(record: dict | None, names: Names) -> str:
    return f"{names.post(record['post_id'])}{_span(record)}" if record else ""


def _tenure(record: dict | None, names: Names) -> str:
    return f"{names.person(record['person_id'])}{_span(record)}" if record else ""


def _absence(record: dict | None, names: Names) -> str:
    if record is None:
        return ""
    span = _span(record).removeprefix(" · ")
    return f"{span} · {names.post(record['stand_in_id'])}" if record["stand_in_id"] else span


def _span(record: dict) -> str:
    first, last = (_day(record[name]) for name in ("valid_from", "valid_until"))
    return f" · {first} – {last}" if first or last else ""


def _day(text: str | None) -> str:
    return date_format(dt.date.fromisoformat(text), "SHORT_DATE_FORMAT") if text else ""
