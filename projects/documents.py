"""The papers of an application: the copy of what was sent.

Made of a frozen version, in German, the official language, with the questions in the applicant's
language beside them where it is another one.
"""

import datetime as dt
from collections.abc import Iterator

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import clock, pdf
from projects import money
from projects.answers import OFFICIAL
from projects.sections import DECLARATIONS

Label = str | list[str | dict[str, str]]  # as `portal/typst/document.typ` takes it


def render_copy(content: dict, *, reference: str, language: str, now: dt.datetime) -> bytes:
    """The document that shows what is sent at the instant `now`, as PDF/UA-1.

    `content` is what `projects.answers.frozen` made. Without side effects; some 20 ms.
    """
    with override(OFFICIAL):
        data = {
            "agency": {"name": content["about"]["agency"], "lines": []},
            "facts": [
                [_("Number"), reference],
                [_("Received"), date_format(clock.local(now), "DATETIME_FORMAT")],
            ],
            "reference": reference,
            "intro": [f"{content['about']['programme']} · {content['about']['call']}"],
            "sections": [
                *(section_of(section, language) for section in content["sections"]),
                _sums(content["plan"]),
                *_attachments(content["attachments"]),
            ],
        }
        title = _("Application %(number)s") % {"number": reference}
        return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def beside(official: str, other: str, language: str) -> Label:
    """A label in German, with the one in `language` beside it where it differs."""
    return official if official == other else [official, {"text": other, "lang": language}]


def section_of(section: dict, language: str) -> dict:
    """A frozen section as a part of a document, in German and `language`."""
    official = section["texts"][OFFICIAL]
    theirs = section["texts"].get(language, official)
    parts = []
    if section["slug"] == DECLARATIONS.slug:
        parts = list(_ticks(section["values"], official["answers"], theirs["answers"], language))
    elif official["answers"]:
        parts.append(_answers(official["answers"], theirs["answers"], language))
    for rows, their_rows in zip(official["rows"], theirs["rows"], strict=True):
        parts += _rows(rows["lines"], their_rows["lines"], language)
    if not parts:
        parts = [{"kind": "note", "text": _("Nothing was entered here.")}]
    return {"title": beside(official["title"], theirs["title"], language), "parts": parts}


def _ticks(values: dict, official: list[dict], theirs: list[dict], language: str) -> Iterator[dict]:
    """Declarations: what was declared has a cross in its box."""
    for answer, other in zip(official, theirs, strict=True):
        label = beside(answer["label"], other["label"], language)
        yield {"kind": "tick", "label": label, "done": values.get(answer["name"]) is True}


def _answers(official: list[dict], theirs: list[dict], language: str) -> dict:
    items = [
        {"label": beside(answer["label"], other["label"], language), "value": answer["shown"]}
        for answer, other in zip(official, theirs, strict=True)
    ]
    return {"kind": "answers", "items": items}


def _rows(lines: list[list[dict]], theirs: list[list[dict]], language: str) -> Iterator[dict]:
    """Lines with amounts as one table, others one below the other."""
    if not any(answer["is_money"] for line in lines for answer in line):
        for line, other in zip(lines, theirs, strict=True):
            yield _answers(line, other, language)
        return
    names: list[str] = []
    columns: dict[str, dict] = {}
    for line, other in zip(lines, theirs, strict=True):
        for answer, their in zip(line, other, strict=True):
            label = beside(answer["label"], their["label"], language)
            columns[answer["name"]] = {"label": label, "amount": answer["is_money"]}
        _merge(names, [answer["name"] for answer in line])
    shown = [{answer["name"]: answer["shown"] for answer in line} for line in lines]
    longest = max(names, key=lambda name: max(len(line.get(name, "")) for line in shown))
    columns[longest]["wide"] = True
    yield {
        "kind": "figures",
        "columns": [columns[name] for name in names],
        "rows": [[line.get(name, "") for name in names] for line in shown],
    }


def _merge(names: list[str], line: list[str]) -> None:
    """Add what is new in `line`, each right behind the one before it: no line need be complete."""
    place = 0
    for name in line:
        if name not in names:
            names.insert(place, name)
        place = names.index(name) + 1


def _sums(plan: dict) -> dict:
    names = {
        "costs_cents": _("Costs"),
        "other_cents": _("Other money"),
        "requested_cents": _("Requested grant"),
    }
    columns = [
        {"label": _("Sum"), "amount": False, "wide": True},
        {"label": _("Amount"), "amount": True},
    ]
    rows = [[label, money.shown(plan[name])] for name, label in names.items()]
    return {
        "title": _("Sums"),
        "parts": [{"kind": "figures", "columns": columns, "rows": rows}],
    }


def _attachments(files: list[dict]) -> list[dict]:
    if not files:
        return []
    columns = [
        {"label": _("File"), "amount": False, "wide": True},
        {"label": _("Size"), "amount": True},
    ]
    rows = [[file["name"], filesizeformat(file["size"])] for file in files]
    return [
        {
            "title": _("Attachments"),
            "parts": [{"kind": "figures", "columns": columns, "rows": rows}],
        }
    ]
