"""What was answered, as people read it: for the page before sending, the document, the difference.

Texts come out in the active language.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from projects import money
from projects.fields import EuroField
from projects.sections.base import BoundSection, SectionForm
from projects.sections.plan import CostForm


@dataclass(frozen=True)
class Answer:
    """One question with its answer. `value` is for programs (cents, ISO dates), `shown` for people.

    `is_money` says that it belongs to the right of a column.
    """

    name: str
    label: str
    value: Any
    shown: str
    is_money: bool = False


@dataclass(frozen=True)
class AnsweredRows:
    """The lines of one table; each line has the same questions in the same order."""

    name: str
    title: str
    lines: list[list[Answer]] = field(default_factory=list)


@dataclass(frozen=True)
class Answered:
    """A section as it was answered; what was left empty or cannot be read is not there."""

    answers: list[Answer]
    rows: list[AnsweredRows]

    def as_texts(self) -> dict:
        """For a frozen version: values apart, since they are the same in every language."""
        return {
            "values": {
                **{answer.name: answer.value for answer in self.answers},
                **{
                    rows.name: [{a.name: a.value for a in line} for line in rows.lines]
                    for rows in self.rows
                },
            },
            "answers": [_as_text(answer) for answer in self.answers],
            "rows": [
                {
                    "name": rows.name,
                    "title": rows.title,
                    "lines": [[_as_text(answer) for answer in line] for line in rows.lines],
                }
                for rows in self.rows
            ],
        }


def _as_text(answer: Answer) -> dict:
    return {
        "name": answer.name,
        "label": answer.label,
        "shown": answer.shown,
        "is_money": answer.is_money,
    }


def answers_of(section: BoundSection) -> Answered:
    """The answers of `section` in the active language."""
    return Answered(
        answers=list(_answers(section.form)),
        rows=[
            AnsweredRows(
                rows.name,
                str(rows.title),
                [list(_answers(form)) for form in forms_ if form.is_bound],
            )
            for rows, forms_ in section.grouped_rows()
        ],
    )


def _answers(form: SectionForm) -> Iterator[Answer]:
    form.is_valid()
    for name, each in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, "") or each.widget.is_hidden:
            continue
        yield Answer(
            name,
            str(each.plain_label),
            _plain(value),
            shown(each, value),
            is_money=isinstance(each, EuroField),
        )
    if isinstance(form, CostForm):
        total = form.total_cents
        yield Answer("total_cents", _("Total"), total, money.shown(total), is_money=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def shown(field_: forms.Field, value: Any) -> str:
    """`value` of `field_` as people read it."""
    if isinstance(field_, EuroField):
        return money.shown(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.date):
        return date_format(value)
    if isinstance(value, Decimal):
        return number_format(value.normalize() if value % 1 else int(value))
    if isinstance(value, dict):  # a place
        return value["name"]
    if isinstance(field_, forms.ChoiceField):
        names = getattr(field_, "names", None) or dict(field_.choices)
        return str(names.get(str(value), value))
    return str(value)
