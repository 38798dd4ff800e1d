"""Printed documents: a template of Typst and data in, the bytes of a PDF/UA-1 out.

Templates lie in `portal/typst/`, and Typst reads no other folder. Data reach a template as one
string of JSON and stay text: nothing of them is ever read as markup. The same input gives the same
bytes. Rendering takes some milliseconds, belongs outside of a transaction, and may run in several
threads at once.
"""

import datetime as dt
import json
import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from portal.fonts import Typeface, typefaces

logger = logging.getLogger(__name__)

TEMPLATES = Path(__file__).resolve().parent / "typst"
MISSING = "□"  # stands for what no font shows: a missing glyph would break PDF/UA

LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# What has no picture, and may turn or hide the text around it.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u034f\u061c\u180b-\u180f\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
JOINERS = frozenset("\u200b\u200c\u200d\u00ad")  # no picture either, but part of the spelling
MOST_MARKS = 12  # upon one letter; no language needs half as many
JOINED = re.compile(f"{MISSING}(?:[\u200b-\u200d]+{MISSING})+")  # such as a family of emoji


def render(template: str, data: Mapping, *, language: str, title: str, now: dt.datetime) -> bytes:
    """The document that `template`, such as "document.typ", makes of `data` at `now`.

    `data` holds strings, numbers, booleans, None, lists, and mappings with strings as keys; the
    template says which. `title` is what a window shows and a screen reader tells. What no font
    shows becomes □, and the document ends with a note that says so. No text makes it fail.
    """
    try:
        return _compile(template, data, language=language, title=title, now=now, text=Printable())
    except typst.TypstError as error:
        # The signs beyond plain letters are worth less than the document.
        logger.warning("A document is rendered again in plain letters (%s).", type(error).__name__)
        plain = PlainPrintable()
        return _compile(template, data, language=language, title=title, now=now, text=plain)


def _compile(
    template: str,
    data: Mapping,
    *,
    language: str,
    title: str,
    now: dt.datetime,
    text: "Printable",
) -> bytes:
    request = {
        "title": " ".join(text.clean(title).split()) or "–",
        "language": language,
        "families": typefaces().families,
        "data": text.clean_all(data),
    }
    request["note"] = _note(language) if text.is_missing_some else ""
    try:
        return typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=typefaces().fonts,
            ignore_system_fonts=True,
            sys_inputs={"request": json.dumps(request)},
            pdf_standards=["ua-1"],
            timestamp=int(now.timestamp()),
        )
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of Rust; no server is ready for it
            raise typst.TypstError("panic", "") from None
        raise


def _note(language: str) -> str:
    with translation.override(language):
        return _(
            "□ stands for a character that cannot be shown here. It is stored as it was entered."
        )


class Printable:
    """Makes text such that each of its characters can be shown; remembers whether any could not."""

    def __init__(self) -> None:
        self.is_missing_some = False

    def clean_all(self, value):
        """`value` with every string in it cleaned, at any depth."""
        if isinstance(value, Mapping):
            return {key: self.clean_all(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean_all(item) for item in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.clean(str(value))

    def clean(self, text: str) -> str:
        """`text` on one or more lines (\\n), composed, without what cannot be shown."""
        text = INVISIBLE.sub("", LINE_ENDS.sub("\n", text).replace("\t", " "))
        text = unicodedata.normalize("NFC", text)
        if _plain().issuperset(text):
            return text
        return JOINED.sub(MISSING, "".join(self.shown(text)))

    def shown(self, text: str) -> Iterator[str]:
        """Each character, or □.

        A letter and the marks upon it have to come from one font, and a mark needs a letter of its
        own script: with others, Typst stumbles. So it does with thousands of marks upon one letter,
        which it lays out for half a minute in gigabytes.
        """
        everywhere = typefaces().faces
        possible: Sequence[Typeface] = everywhere
        script: str | None = ""  # of the letter that a mark would stand upon; None after a □
        marks = 0  # upon that letter
        for character in text:
            if character in JOINERS or character == "\n":
                yield character
                continue
            name, *_rest = unicodedata.name(character, "").split(" ", 1)
            if unicodedata.category(character)[0] == "M":
                if script is None:  # □ stands for the letter and its marks
                    continue
                marks += 1
                fits = script and name in ("COMBINING", script) and marks <= MOST_MARKS
                fitting = possible if fits else ()
            else:
                marks = 0
                fitting, script = everywhere, name if character.isalpha() else ""
            fitting = [face for face in fitting if ord(character) in face.shows]
            if fitting:
                possible = fitting
                yield character
            else:
                self.is_missing_some, script = True, None
                yield MISSING


class PlainPrintable(Printable):
    """Letters, digits and signs of the first font only: no marks, no joiners."""

    def shown(self, text: str) -> Iterator[str]:
        for character in text:
            self.is_missing_some |= character not in _plain()
            yield character if character in _plain() else MISSING


@cache
def _plain() -> frozenset[str]:
    """What the first font shows and no neighbour changes, which most texts are made of."""
    shown = map(chr, typefaces().faces[0].shows)
    return frozenset(c for c in shown if unicodedata.category(c)[0] in "LNPSZ") | {"\n"}
