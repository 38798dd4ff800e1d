"""The application form on paper: made of the same questions as the one on the screen.

It asks what anybody may be asked under the rules of the call; a question that concerns some only
says whom. In German, with the reader's language beside it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import pdf
from projects.answers import OFFICIAL
from projects.call_words import end_in_words
from projects.documents import beside
from projects.fields import EuroField
from projects.funding import CallView, ProgrammeView
from projects.rules import Rules
from projects.sections import COSTS, SECTIONS, Basis, Section, SectionForm
from projects.sections.base import Rows
from projects.terms import ApplicantType, MeasureKind

LINES = {"places": 3, "partners": 2, "costs": 10, "income": 4}  # empty ones, by name of the rows
UNTOLD = ("kind", "reference", "agency")  # keys of what stays as it is in every language
LONG = 100  # characters, from which on a column is a wide one


def render_blank(
    call: CallView, programme: ProgrammeView, *, url: str, language: str, now: dt.datetime
) -> bytes:
    """The empty form for `call` to print, fill in and send, as PDF/UA-1; some 50 ms.

    `url` is where one applies on the internet.
    """
    with override(OFFICIAL):
        data = _form(call, programme, url)
        title = _("Application form: %(call)s") % {"call": call.title}
    if language != OFFICIAL:
        with override(language):
            data = _both(data, _form(call, programme, url), language)
    return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def _both(official, theirs, language: str):
    """Every text in both languages; `official` and `theirs` are of the same shape."""
    if isinstance(official, dict):
        return {
            key: each if key in UNTOLD else _both(each, theirs[key], language)
            for key, each in official.items()
        }
    if isinstance(official, list):
        pairs = zip(official, theirs, strict=True)
        return [_both(each, their, language) for each, their in pairs]
    return beside(official, theirs, language) if isinstance(official, str) else official


def _form(call: CallView, programme: ProgrammeView, url: str) -> dict:
    """The whole form in the active language."""
    *asked, declared = _sections(call.rules)
    return {
        "agency": {"name": str(programme.agency.name), "lines": _address(programme)},
        "reference": str(call.title),
        "facts": [[_("Closing date"), end_in_words(call.closes_at)]],
        "intro": [
            _("Please write clearly. Leave empty what does not concern you."),
            _(
                "On the internet you apply step by step, sums add up by themselves, and you see "
                "what is missing: %(url)s"
            )
            % {"url": url},
        ],
        "sections": [*asked, _papers(programme), declared, _signature()],
    }


def _address(programme: ProgrammeView) -> list[str]:
    agency = programme.agency
    lines = [agency.parent_body, agency.department]
    if legal := agency.legal:
        lines += [legal.street, f"{legal.postal_code} {legal.city}".strip()]
    lines += [agency.phone, programme.email or agency.email]
    return [line for line in lines if line]


def _papers(programme: ProgrammeView) -> dict:
    lines = [f"– {line}" for line in programme.papers.lines]
    text = "\n".join([_("Add what you have of these; copies are enough."), *lines])
    return {"title": _("Attachments"), "parts": [{"kind": "text", "text": text}]}


def _signature() -> dict:
    labels = [_("Place and day"), _("Signature")]
    return {"title": _("Signature"), "parts": [{"kind": "signatures", "labels": labels}]}


# Sections ----------------------------------------------------------------------------------------


def _sections(rules: Rules) -> Iterator[dict]:
    everybody = _everybody(rules)
    for section in SECTIONS:
        asked = [basis for basis in everybody if section.asked(basis)]
        if asked:
            yield {
                "title": str(section.title),
                "parts": list(_parts(section, asked, everybody)),
            }


def _everybody(rules: Rules) -> list[Basis]:
    """Everybody who may be asked: each kind of applicant, with a course and with something else."""
    types = [kind for kind in ApplicantType if kind in rules.applicant_types]
    by_course = {kind == MeasureKind.LANGUAGE_COURSE: kind for kind in rules.ceilings}
    return [
        Basis(rules=rules, applicant_type=applicant, measure_kind=measure)
        for applicant, measure in product(types or [""], by_course.values() or [""])
    ]


def _parts(section: Section, asked: Sequence[Basis], everybody: Sequence[Basis]) -> Iterator[dict]:
    lead = " ".join(filter(None, (str(section.lead), _concerned(asked, everybody))))
    yield {"kind": "note", "text": lead}
    for question in _questions(section.form_class, asked):
        yield _question(question, _concerned(question.asked, asked))
    for rows in section.rows:
        yield _rows(rows, asked, with_total=section is COSTS)
    if section is COSTS:
        yield {"kind": "lines", "label": _("Sum of all costs"), "hint": "", "lines": 1}


@dataclass(frozen=True)
class Question:
    """A field as some of those see it who are asked."""

    field: forms.Field
    label: str
    asked: list[Basis]


def _questions(form_class: type[SectionForm], asked: Sequence[Basis]) -> Iterator[Question]:
    """All questions of a form, in its order, each with those whom it concerns."""
    bound = [(basis, form_class(basis=basis, is_final=True)) for basis in asked]
    names = dict.fromkeys(form_class.base_fields)
    for _basis, form in bound:
        names |= dict.fromkeys(form.fields)
    for name in names:
        seen = [(basis, form.fields[name]) for basis, form in bound if name in form.fields]
        if not seen:
            continue
        labels = {str(field.plain_label) for _basis, field in seen}
        field = seen[0][1]
        # What is called otherwise for some has a name for everybody in the class.
        label = labels.pop() if len(labels) == 1 else str(form_class.base_fields[name].label)
        yield Question(field, label, [basis for basis, _field in seen])


def _concerned(asked: Sequence[Basis], of: Sequence[Basis]) -> str:
    """Which applicants a question concerns, in words; "" for all."""
    types = {basis.applicant_type for basis in asked}
    others = {basis.applicant_type for basis in of} - types
    if not others:
        return ""
    if len(others) < len(types):
        return _("Not for: %(who)s.") % {"who": _names(others)}
    return _("Only for: %(who)s.") % {"who": _names(types)}


def _names(types: set[ApplicantType]) -> str:
    return ", ".join(str(kind.label) for kind in ApplicantType if kind in types)


def _question(question: Question, concerned: str) -> dict:
    field = question.field
    optional = "" if field.required else _("(optional)")
    part = {
        "label": f"{question.label} {optional}".strip(),
        "hint": " ".join(filter(None, (str(field.help_text), concerned))),
    }
    if isinstance(field, forms.BooleanField):
        return {"kind": "choices", **part, "options": [_("Yes")]} if part["hint"] else _tick(part)
    if isinstance(field, forms.ChoiceField):
        return {"kind": "choices", **part, "options": _options(field)}
    rows = field.widget.attrs.get("rows", 1) if isinstance(field.widget, forms.Textarea) else 1
    return {"kind": "lines", **part, "lines": rows}


def _tick(part: dict) -> dict:
    return {"kind": "tick", "label": part["label"]}


def _options(field: forms.ChoiceField) -> list[str]:
    return [str(label) for value, label in field.choices if value]


def _rows(rows: Rows, asked: Sequence[Basis], *, with_total: bool) -> dict:
    questions = list(_questions(rows.form_class, asked))
    columns = [
        {
            "label": question.label,
            "amount": isinstance(question.field, EuroField),
            "wide": (getattr(question.field, "max_length", 0) or 0) >= LONG,
        }
        for question in questions
    ]
    if with_total:
        columns.append({"label": _("Total"), "amount": True, "wide": False})
    choices = [
        f"{question.label} – {', '.join(_options(question.field))}"
        for question in questions
        if isinstance(question.field, forms.ChoiceField)
    ]
    hints = [f"{q.label} – {q.field.help_text}" for q in questions if q.field.help_text]
    return {
        "kind": "rows",
        "label": str(rows.title),
        "hint": "\n".join([*choices, *hints]),
        "columns": columns,
        "lines": LINES.get(rows.name, 4),
    }
