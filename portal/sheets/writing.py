"""Writing a table as CSV or XLSX: every cell is text, and none is a formula."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.sheets.cells import guarded, writable

# What a file is called, and its media type.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST = 60  # characters


def write(file_format: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table as a file of `FORMATS`."""
    lines = [[guarded(writable(cell)) for cell in line] for line in (header, *rows)]
    return _csv(lines) if file_format == "csv" else _xlsx(lines)


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The table as CSV, line by line as `rows` come: however many, they are never held at once."""
    yield codecs.BOM_UTF8
    for line in chain([header], rows):
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerow([guarded(writable(cell)) for cell in line])
        yield text.getvalue().encode()


def _csv(lines: list[list[str]]) -> bytes:
    """UTF-8 with a BOM and semicolons: what German spreadsheets open by a double click."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(lines: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, column in enumerate(zip(*lines, strict=True), start=1):
        width = min(WIDEST, max(8, *(len(cell) + 2 for cell in column)))
        sheet.column_dimensions[get_column_letter(number)].width = width
    for position, line in enumerate(lines):
        sheet.append([_cell(sheet, text, bold=position == 0) for text in line])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def _cell(sheet, text: str, *, bold: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # else openpyxl takes "=…" for a formula
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
