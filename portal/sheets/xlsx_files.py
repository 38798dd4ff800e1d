"""XLSX: the first sheet, as texts. A formula is a mistake, whatever it came to when it was saved.

The file is a ZIP archive of XML: how large it is unpacked is asked before anything is unpacked, and
openpyxl reads the XML with defusedxml. Macros and links are never looked at.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from portal.sheets import cells
from portal.sheets.kinds import (
    MAX_COLUMNS,
    MAX_ROWS,
    Problem,
    Sheet,
    UnreadableError,
    built,
    too_many_rows,
)

MAX_UNPACKED = 40 * 2**20  # bytes
MAX_PARTS = 1_000
MAX_LINES = 2 * MAX_ROWS  # with those that are empty


def read(content: bytes) -> Sheet:
    """Raises `UnreadableError` for what is no XLSX file, or one that unpacks to too much."""
    _refuse_bomb(content)
    problems: list[Problem] = []
    # A damaged file may break anywhere inside of the parser.
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:
        raise UnreadableError(Problem(_damaged())) from error
    try:
        if not book.worksheets:
            raise UnreadableError(Problem(_("The file is empty.")))
        return built(_lines(book.worksheets[0], problems), problems)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(Problem(_damaged())) from error
    finally:
        book.close()


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise UnreadableError(Problem(_damaged())) from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableError(Problem(_("The file is far too large when it is unpacked.")))


def _damaged() -> str:
    return _("The file cannot be opened as XLSX. Please save it again with your spreadsheet.")


def _lines(sheet, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file says about its own size is nothing to rely on
    names: list[str] = []
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > MAX_LINES:
            raise too_many_rows()
        texts, found = _texts(row, number, names)
        problems += found
        if any(texts) or found:
            names = names or texts
            yield number, texts


def _texts(row, number: int, names: list[str]) -> tuple[list[str], list[Problem]]:
    """The cells of one line as texts, and what is wrong with them, by the names of the columns."""
    texts, found = [], []
    for position, cell in enumerate(row):
        text, problem = _text(cell)
        texts.append(text)
        if problem:
            name = names[position] if position < len(names) else ""
            found.append(Problem(problem, number, name or get_column_letter(position + 1)))
    if names:
        width = len(names)
        while width > 1 and not names[width - 1]:
            width -= 1
        if not any(texts[width:]):
            texts = texts[:width]
    return texts, found


def _text(cell) -> tuple[str, str]:
    """The text of a cell, and what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return "", _("a formula. Please enter what it comes to.")
    if cell.data_type == "e":
        return "", _("an error value (%(value)s).") % {"value": value}
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time(0)
        return (value.date().isoformat() if is_day else value.isoformat(" ")), ""
    if isinstance(value, int | float):
        if value != int(value):
            message = _("the number %(value)s. Format the cell as text, and write it as it is.")
            return "", message % {"value": value}
        return str(int(value)), ""
    text = str(value)
    if cells.has_controls(text):
        return "", _("characters that are no text.")
    return cells.tidy(text), ""
