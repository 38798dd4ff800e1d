"""What the sections of the application form have in common.

What somebody types is kept as it was typed (`Raw`) and read anew each time: a wrong amount is
still there tomorrow, with its message. A section is bound in one of two ways: while it is being
written, nothing is required; at the end, everything is.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from contacts.snapshot import Snapshot
from portal.forms import PortalForm
from projects.rules import Rules
from projects.terms import ApplicantType, MeasureKind

# Field name to its texts as a browser sends them; the name of rows to a list of the same.
Raw = dict[str, Any]
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
MOST_CHARACTERS = 20_000  # of one field; more than any of them allows


@dataclass(frozen=True)
class Basis:
    """What the questions depend on, as far as it is known.

    Without `rules` it is the blank form, which asks everything. Dates are local and inclusive:
    measures lie between `first_day` and `last_day`. `on` is the day on which somebody reads or
    writes, `snapshot` knows the places.
    """

    rules: Rules | None = None
    applicant_type: str = ""
    measure_kind: str = ""
    lasts_one_day: bool = False
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    on: dt.date | None = None
    snapshot: Snapshot | None = field(default=None, repr=False, compare=False)

    @property
    def is_blank(self) -> bool:
        return self.rules is None

    def is_from(self, *types: ApplicantType) -> bool:
        """Whether an applicant of one of `types` is asked."""
        return self.is_blank or self.applicant_type in types

    @property
    def is_course(self) -> bool:
        return self.is_blank or self.measure_kind == MeasureKind.LANGUAGE_COURSE

    @property
    def needs_partner(self) -> bool:
        return self.rules is not None and self.applicant_type in self.rules.partner_types


class SectionForm(PortalForm):
    """The questions of a section, or of one of its rows."""

    def __init__(self, data=None, *, basis: Basis, is_final: bool = False, **kwargs) -> None:
        self.basis = basis
        super().__init__(data, **kwargs)
        for each in self.fields.values():
            if not is_final:
                each.required = False
            # The browser would cut what is pasted, and count otherwise than the server.
            most = each.widget.attrs.pop("maxlength", None)
            if most and "data-count" in each.widget.attrs:
                each.widget.attrs["data-count"] = most

    def drop(self, *names: str) -> None:
        """Do not ask these, for `prepare`."""
        for name in names:
            self.fields.pop(name, None)


@dataclass(frozen=True)
class Rows:
    """Lines of the same shape in a section, such as the costs."""

    name: str
    form_class: type[SectionForm]
    title: str
    add: str
    most: int = 30


def always(basis: Basis) -> bool:
    return True


def nothing(section: "BoundSection") -> dict:
    return {}


@dataclass(frozen=True)
class Section:
    """One page of the form. `asked` says whether it is there at all.

    `facts` gives the columns of the application that repeat what stands here.
    """

    slug: str
    title: str
    lead: str
    form_class: type[SectionForm]
    rows: tuple[Rows, ...] = ()
    asked: Callable[[Basis], bool] = always
    facts: Callable[["BoundSection"], dict] = nothing

    def read(self, post: MultiValueDict, *, without: str = "") -> Raw:
        """What a browser has sent for this section, as it is to be kept.

        Blank rows are left out, and the row that `without` names, such as "costs-2". What no
        database stores (NUL, halves of characters) is dropped.
        """
        names = [*self.form_class.base_fields, *self._own_names()]
        raw: Raw = {name: _texts(post, name) for name in names if name in post}
        for rows in self.rows:
            found = re.compile(rf"{rows.name}-([0-9]{{1,3}})-")
            numbers = sorted({int(m[1]) for key in post if (m := found.match(key))})
            numbers = [number for number in numbers if f"{rows.name}-{number}" != without]
            lines = [
                {
                    name: _texts(post, f"{rows.name}-{number}-{name}")
                    for name in rows.form_class.base_fields
                    if f"{rows.name}-{number}-{name}" in post
                }
                for number in numbers
            ]
            raw[rows.name] = [line for line in lines if not is_empty(line)][: rows.most]
        return raw

    def _own_names(self) -> list[str]:
        return list(getattr(self.form_class, "other_names", ()))


def _texts(post: MultiValueDict, name: str) -> list[str]:
    """With the line ends of the text as one character each, as the counters on the page count.

    A page asks each question once: of several answers the last one counts, as a form reads it.
    """
    return [
        UNSTORABLE.sub("", text).replace("\r\n", "\n")[:MOST_CHARACTERS]
        for text in post.getlist(name)[-1:]
    ]


def is_empty(line: Mapping[str, list[str]]) -> bool:
    return not any(text.strip() for texts in line.values() for text in texts)


class BoundSection:
    """A section with what was typed into it.

    `is_final` asks for everything; `spare` is the number of blank rows to show below the others.
    """

    def __init__(
        self,
        section: Section,
        raw: Raw,
        *,
        basis: Basis,
        is_final: bool = False,
        spare: int = 0,
    ) -> None:
        self.section = section
        self.raw = raw
        self.basis = basis
        plain = {name: texts for name, texts in raw.items() if name not in self._row_names}
        options = {"basis": basis, "is_final": is_final}
        self.form = section.form_class(MultiValueDict(plain), **options)
        self.rows: dict[str, list[SectionForm]] = {}
        for rows in section.rows:
            lines = raw.get(rows.name) or []
            self.rows[rows.name] = [
                rows.form_class(
                    MultiValueDict({f"{rows.name}-{n}-{name}": v for name, v in line.items()}),
                    prefix=f"{rows.name}-{n}",
                    **options,
                )
                for n, line in enumerate(lines)
            ]
            self.rows[rows.name] += [
                rows.form_class(prefix=f"{rows.name}-{n}", **options)
                for n in range(len(lines), min(len(lines) + spare, rows.most))
            ]

    def anew(self) -> "BoundSection":
        """The same, bound once more: in the language that is active by now."""
        return BoundSection(self.section, self.raw, basis=self.basis)

    @property
    def _row_names(self) -> set[str]:
        return {rows.name for rows in self.section.rows}

    @property
    def forms(self) -> list[SectionForm]:
        """The form and all rows that hold something."""
        return [
            self.form,
            *(row for rows in self.rows.values() for row in rows if row.is_bound),
        ]

    def is_valid(self) -> bool:
        return not any(form.errors for form in self.forms)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Each error as (id of the field, the words beside it); rows say which one they are."""
        return [entry for form in self.forms for entry in form.summary]

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values that are right, by field name; of rows a list of such dicts."""
        return {
            **_right(self.form),
            **{
                name: [_right(row) for row in rows if row.is_bound]
                for name, rows in self.rows.items()
            },
        }

    def grouped_rows(self) -> list[tuple[Rows, list[SectionForm]]]:
        return [(rows, self.rows[rows.name]) for rows in self.section.rows]


def _right(form: forms.Form) -> dict[str, Any]:
    form.is_valid()
    return dict(form.cleaned_data)
