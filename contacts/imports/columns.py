"""The columns of the files of contacts and responsibilities: what they are called, what they hold.

A file may name a column in German, in English or as the code does, in any order. What a draft keeps
are objects with the names of the code, and texts as they were typed; `Values` reads these.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.models import ImportDraft, Post
from contacts.names import search_keys
from portal.sheets import Problem, Sheet

Kind = ImportDraft.Kind


@dataclass(frozen=True)
class Column:
    """`name` in the code, and what people read. `is_read` is False for what only informs."""

    name: str
    de: str
    en: str
    is_read: bool = True

    @property
    def title(self) -> str:
        return self.de if (get_language() or "de").startswith("de") else self.en


COLUMNS: Mapping[str, tuple[Column, ...]] = {
    Kind.CONTACTS: (
        Column("post", "Kennung der Stelle", "Post key"),
        Column("title", "Bezeichnung", "Title"),
        Column("abbreviation", "Kürzel", "Abbreviation"),
        Column("holder", "Ansprechperson", "Held by"),
        Column("office", "Büro", "Office"),
        Column("room", "Raum", "Room"),
        Column("phone", "Telefon", "Telephone"),
        Column("phone_alternative", "Zweites Telefon", "Second telephone"),
        Column("fax", "Fax", "Fax"),
        Column("email", "E-Mail", "E-mail"),
        Column("staffing", "Besetzung", "Staffing"),
    ),
    Kind.RESPONSIBILITIES: (
        Column("place", "Ort", "Place"),
        Column("key", "AGS", "Official key"),
        Column("topic", "Thema", "Topic"),
        Column("post", "Kennung der Stelle", "Post key"),
        Column("holder", "Ansprechperson", "Held by", is_read=False),
        Column("valid_from", "Erster Tag", "First day"),
        Column("valid_until", "Letzter Tag", "Last day"),
        Column("joint", "Geteilt", "Shared"),
    ),
}
# Of each group, one column has to be there.
REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    Kind.CONTACTS: (("title",),),
    Kind.RESPONSIBILITIES: (("key", "place"), ("post",)),
}
YES = {"yes": True, "ja": True, "x": True, "1": True, "no": False, "nein": False, "0": False}
STAFFING = {
    "filled": Post.Staffing.FILLED,
    "besetzt": Post.Staffing.FILLED,
    "vacant": Post.Staffing.VACANT,
    "unbesetzt": Post.Staffing.VACANT,
    "planned": Post.Staffing.PLANNED,
    "geplant": Post.Staffing.PLANNED,
}
STAFFING_TEXTS = {
    "de": {"filled": "besetzt", "vacant": "unbesetzt", "planned": "geplant"},
    "en": {"filled": "filled", "vacant": "vacant", "planned": "planned"},
}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_WHOLE_NUMBER = re.compile(r"(\d+)\.0")
PHONES = ("phone", "phone_alternative", "fax")


def column(kind: str, name: str) -> Column:
    return next(column for column in COLUMNS[kind] if column.name == name)


def _by_title(kind: str) -> dict[str, Column]:
    return {
        search_keys(text)[0]: one for one in COLUMNS[kind] for text in (one.name, one.de, one.en)
    }


def kind_of(header: Sequence[str]) -> str:
    """What a file with this header holds: the kind that has more of its columns."""
    found = {search_keys(title)[0] for title in header}
    return max(COLUMNS, key=lambda kind: len(found & _by_title(kind).keys()))


@dataclass(frozen=True)
class Table:
    """A sheet whose columns are known. `rows` are what a draft keeps."""

    kind: str
    rows: list[dict]
    problems: list[Problem]


def understood(sheet: Sheet) -> Table:
    """`sheet` with the names of the code, and everything that is wrong with its header."""
    kind = kind_of(sheet.header)
    titles = _by_title(kind)
    known = [titles.get(search_keys(title)[0]) for title in sheet.header]
    problems = list(_header_problems(kind, sheet.header, known))
    rows = [
        {"line": row.number}
        | {
            one.name: cell
            for one, cell in zip(known, row.cells, strict=True)
            if one is not None and one.is_read
        }
        for row in sheet.rows
    ]
    if not rows and not sheet.problems:
        problems.append(Problem(_("There is nothing below the first line.")))
    return Table(kind, rows, problems)


def _header_problems(kind: str, header: Sequence[str], known: Sequence) -> Iterable[Problem]:
    for title, one in zip(header, known, strict=True):
        if one is None:
            message = _("No column is called “%(title)s”. Known are: %(titles)s.")
            listed = ", ".join(one.title for one in COLUMNS[kind])
            yield Problem(message % {"title": title or "–", "titles": listed}, 1)
    present = [one.name for one in known if one is not None]
    for one in COLUMNS[kind]:
        if present.count(one.name) > 1:
            yield Problem(_("The column “%s” stands here twice.") % one.title, 1)
    for names in REQUIRED[kind]:
        if not set(names) & set(present):
            listed = _(" or ").join(f"“{column(kind, name).title}”" for name in names)
            yield Problem(_("The column %s is missing.") % listed, 1)


# Cells --------------------------------------------------------------------------------------------


@dataclass
class Values:
    """Reads the cells of one stored row, and collects what is wrong with them."""

    kind: str
    row: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.row["line"]

    def __contains__(self, name: str) -> bool:
        return name in self.row

    def text(self, name: str) -> str:
        return str(self.row.get(name, ""))

    def bad(self, name: str, message: str) -> None:
        self.problems.append(Problem(message, self.line, column(self.kind, name).title))

    def date(self, name: str) -> dt.date | None:
        """A local date, written 2026-12-31 or 31.12.2026."""
        text = self.text(name)
        if not text:
            return None
        german = _GERMAN_DAY.fullmatch(text)
        try:
            if german:
                return dt.date(int(german[3]), int(german[2]), int(german[1]))
            return dt.date.fromisoformat(text)
        except ValueError:
            self.bad(name, _("“%s” is no date such as 2026-12-31 or 31.12.2026.") % text)
            return None

    def yes(self, name: str) -> bool:
        text = self.text(name).casefold()
        if text and text not in YES:
            self.bad(name, _("“%s” is neither yes nor no.") % self.text(name))
        return YES.get(text, False)

    def staffing(self) -> str:
        text = self.text("staffing").casefold()
        if text and text not in STAFFING:
            message = _("“%s” is none of: filled, vacant, planned.")
            self.bad("staffing", message % self.text("staffing"))
        return STAFFING.get(text, Post.Staffing.FILLED)

    def of_post(self, name: str) -> str:
        """A value for the field `name` of a post, as that field wants it."""
        text = _whole(self.text(name)) if name in (*PHONES, "room") else self.text(name)
        if name in PHONES and re.fullmatch(r"[1-9]\d{5,}", text):
            message = _(
                "“%s” has lost its leading zero. Format the column as text, and write the number "
                "with its area code."
            )
            self.bad(name, message % text)
            return text
        try:
            return Post._meta.get_field(name).clean(text, None)
        except ValidationError as refusal:
            self.bad(name, " ".join(refusal.messages))
            return text

    def key(self) -> str:
        """An official key; a spreadsheet may have taken its leading zero away."""
        text = _whole(self.text("key"))
        return f"0{text}" if text.isdigit() and len(text) in (4, 7) else text


def _whole(text: str) -> str:
    """`text`, where some program has made 4668.0 of a number."""
    found = _WHOLE_NUMBER.fullmatch(text)
    return found[1] if found else text


def check_cells(table: Table) -> list[Problem]:
    """What is wrong with single cells, whatever the database holds."""
    found = []
    for row in table.rows:
        values = Values(table.kind, row)
        if table.kind == Kind.CONTACTS:
            contact_values(values)
        else:
            rule_values(values)
        found += values.problems
    return found


POST_FIELDS = ("abbreviation", "room", *PHONES, "email")


def contact_values(values: Values) -> dict:
    """The fields of the post that the row names, with `title` and `holder` as texts."""
    found: dict = {name: values.of_post(name) for name in POST_FIELDS if name in values}
    if "staffing" in values:
        found["staffing"] = values.staffing()
    if not values.text("title"):
        values.bad("title", _("Please give a title."))
    for name, length in (("title", 160), ("holder", 500)):
        if len(values.text(name)) > length:
            values.bad(name, _("Longer than %d characters.") % length)
    return found


def rule_values(values: Values) -> tuple[dt.date | None, dt.date | None, bool]:
    """First day, last day and whether it is shared."""
    first, last = values.date("valid_from"), values.date("valid_until")
    if first and last and last < first:
        values.bad("valid_until", _("The last day lies before the first day."))
    if not values.text("post"):
        values.bad("post", _("Please name the post that answers."))
    if not values.text("place") and not values.text("key"):
        name = "place" if "place" in values else "key"
        values.bad(name, _("Please name a place."))
    return first, last, values.yes("joint")
