"""Writing a table as CSV or XLSX: every cell is text, and none is a formula."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

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
MEASURED = 200  # lines, after which the columns are as wide as they are


def write(file_format: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table as a file of `FORMATS`; `rows` are read once, one after the other."""
    if file_format == "csv":
        return b"".join(csv_pieces(header, rows))
    return _xlsx([guarded(writable(cell)) for cell in line] for line in chain([header], rows))


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The table as CSV, line by line as `rows` come: however many, they are never held at once.

    UTF-8 with a BOM and semicolons: what German spreadsheets open by a double click.
    """
    yield codecs.BOM_UTF8
    for line in chain([header], rows):
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerow([guarded(writable(cell)) for cell in line])
        yield text.getvalue().encode()


def _xlsx(lines: Iterator[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    first = list(islice(lines, MEASURED))
    for number, column in enumerate(zip(*first, strict=True), start=1):
        width = min(WIDEST, max(8, *(len(cell) + 2 for cell in column)))
        sheet.column_dimensions[get_column_letter(number)].width = width
    for position, line in enumerate(chain(first, lines)):
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
