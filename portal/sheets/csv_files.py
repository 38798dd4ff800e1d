"""CSV as spreadsheets write it: which encoding, which delimiter, and a clear word where neither."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.sheets import cells
from portal.sheets.kinds import Problem, Sheet, UnreadableError, built

DELIMITERS = ";,\t"
# What German text looks like after it has been read in the wrong encoding.
_TWICE_ENCODED = re.compile("Ã[¤¶¼Ÿ„–œ]|â€")
_OTHER_ENCODING = re.compile(r"\w[„”]\w|[A-Za-z][Ÿ§][a-z]|[a-z][Šš][a-z]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read(content: bytes) -> Sheet:
    """Raises `UnreadableError` where the encoding or the delimiter cannot be told."""
    text, note = _decoded(content)
    skipped, delimiter = 0, ""
    if named := _SEPARATOR_LINE.match(text):
        skipped, delimiter, text = 1, named[1], text[named.end() :]
    delimiter = delimiter or _delimiter(text)
    problems: list[Problem] = []
    sheet = built(_lines(text, delimiter, skipped, problems), problems)
    if note:
        sheet.notes.append(note)
    return sheet


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and a note where its encoding was a guess."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), ""
        except UnicodeDecodeError:
            raise UnreadableError(Problem(_no_encoding())) from None
    try:
        text, note = content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise UnreadableError(Problem(_no_encoding())) from None
        note = _(
            "The file is not in UTF-8; it has been read as Windows-1252. Please look whether the "
            "umlauts are right."
        )
    if note and _OTHER_ENCODING.search(text):
        raise UnreadableError(Problem(_no_encoding()))
    if _TWICE_ENCODED.search(text):
        message = _(
            "The umlauts of this file are broken already. Please save it again, as “CSV UTF-8” or "
            "as XLSX."
        )
        raise UnreadableError(Problem(message))
    return text, note


def _no_encoding() -> str:
    return _(
        "The encoding of this file cannot be told, so umlauts would be wrong. Please save it as "
        "“CSV UTF-8” or as XLSX."
    )


def _delimiter(text: str) -> str:
    """The one that the first line has most of, outside of quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = re.sub(r'"[^"]*"', "", first)
    found = max(DELIMITERS, key=plain.count)
    if not plain.count(found):
        message = _(
            "The columns of the first line are not separated by semicolon, comma or tab. It reads: "
            "%(line)s"
        )
        raise UnreadableError(Problem(message % {"line": first.strip()[:80] or "–"}, 1))
    return found


def _lines(
    text: str, delimiter: str, skipped: int, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1 + skipped
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = _("The quotation marks of this line do not match.")
            problems.append(Problem(message, number))
            return
        if any(cells.has_controls(cell) for cell in record):
            problems.append(Problem(_("This line has characters that are no text."), number))
            continue
        yield number, [cells.tidy(cell) for cell in record]
