"""The papers of an application: the copy of what was sent.

Made of a frozen version, in German, the official language, with the questions in the applicant's
language beside them where it is another one.
"""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import clock, pdf
from projects import money
from projects.answers import OFFICIAL


def render_copy(content: dict, *, reference: str, language: str, now: dt.datetime) -> bytes:
    """The document that shows what is sent at the instant `now`, as PDF/UA-1.

    `content` is what `projects.answers.frozen` made. Without side effects; some 20 ms.
    """
    with override(OFFICIAL):
        data = {
            "agency": {"name": content["about"]["agency"], "lines": []},
            "facts": [
                [_("Number"), reference],
                [_("Programme"), content["about"]["programme"]],
                [_("Call"), content["about"]["call"]],
                [_("Received"), date_format(clock.local(now), "DATETIME_FORMAT")],
            ],
            "reference": reference,
            "sections": [
                *(_section(section, language) for section in content["sections"]),
                _sums(content["plan"]),
                *_attachments(content["attachments"]),
            ],
        }
        title = _("Application %(number)s") % {"number": reference}
        return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def _section(section: dict, language: str) -> dict:
    official = section["texts"][OFFICIAL]
    theirs = section["texts"].get(language, official)
    parts = []
    if official["answers"]:
        parts.append(_answers(official["answers"], theirs["answers"]))
    for rows, their_rows in zip(official["rows"], theirs["rows"], strict=True):
        parts += [
            _answers(line, their_line)
            for line, their_line in zip(rows["lines"], their_rows["lines"], strict=True)
        ]
    return {"title": _beside(official["title"], theirs["title"]), "parts": parts}


def _answers(official: list[dict], theirs: list[dict]) -> dict:
    items = [
        {"label": _beside(answer["label"], other["label"]), "value": answer["shown"]}
        for answer, other in zip(official, theirs, strict=True)
    ]
    return {"kind": "answers", "items": items}


def _beside(official: str, other: str) -> str:
    return official if official == other else f"{official} / {other}"


def _sums(plan: dict) -> dict:
    names = {
        "costs_cents": _("Costs"),
        "other_cents": _("Other money"),
        "requested_cents": _("Requested grant"),
    }
    items = [{"label": label, "value": money.shown(plan[name])} for name, label in names.items()]
    return {"title": _("Sums"), "parts": [{"kind": "answers", "items": items}]}


def _attachments(files: list[dict]) -> list[dict]:
    if not files:
        return []
    items = [
        {"label": str(number), "value": file["name"]} for number, file in enumerate(files, start=1)
    ]
    return [{"title": _("Attachments"), "parts": [{"kind": "answers", "items": items}]}]
