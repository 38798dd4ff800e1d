"""Files of tables: what is read, what is refused with a sentence, what a spreadsheet cannot run."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.utils import translation

from portal import sheets
from portal.sheets import UnreadableError
from portal.sheets.cells import bare, guarded

HEADER = ["Ort", "Telefon"]
PAYLOADS = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+49 3433 241-0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋49 1",
    "－1",
    "＠x",
    "  =1+1",
    "'=1+1",
    "''",
    "'quoted'",
    "O'Neill",
    "",
    "03433 241",
]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def xlsx(*lines) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def texts(content: bytes) -> list[tuple[str, ...]]:
    sheet = sheets.read(content)
    assert sheet.problems == []
    return [sheet.header, *(row.cells for row in sheet.rows)]


def refusals(content: bytes) -> list[str]:
    with pytest.raises(UnreadableError) as refused:
        sheets.read(content)
    return [str(problem) for problem in refused.value.problems]


def problems(content: bytes) -> list[str]:
    return [str(problem) for problem in sheets.read(content).problems]


# CSV ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_as_spreadsheets_write_it(delimiter, encoding):
    text = f"Ort{delimiter}Raum\r\nGroßpösna{delimiter}2.60\r\n"

    sheet = sheets.read(text.encode(encoding))

    assert (sheet.header, sheet.rows[0].cells) == (("Ort", "Raum"), ("Großpösna", "2.60"))
    assert [note[:32] for note in sheet.notes] == (
        ["The file is not in UTF-8; it has"] if encoding == "cp1252" else []
    )


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_an_encoding_that_cannot_be_told_is_refused(encoding):
    (refusal,) = refusals("Ort;Raum\nGrünau;1\nZwönitz;2\nBärenstein;3\n".encode(encoding))

    assert "The encoding of this file cannot be told" in refusal


def test_umlauts_that_were_broken_before_are_refused():
    broken = "Ort;Raum\nGroßpösna;1\n".encode().decode("cp1252").encode()

    assert "broken already" in refusals(broken)[0]


def test_a_delimiter_that_nobody_knows_is_explained():
    assert refusals(b"Ort|Raum\nGrimma|1\n") == [
        "Line 1: The columns of the first line are not separated by semicolon, comma or tab. It "
        "reads: Ort|Raum"
    ]


def test_lines_with_another_number_of_cells_are_all_named():
    assert problems(b"Ort;Raum\nGrimma,1\nBorna;1\nWurzen;1;2\n") == [
        "Line 2: 1 cells instead of the 2 of the first line.",
        "Line 4: 3 cells instead of the 2 of the first line.",
    ]


def test_quoted_line_breaks_keep_the_numbers_of_the_lines():
    sheet = sheets.read(b'sep=;\r\nOrt;Raum\r\n"Bad\r\nLausick";1\r\n\r\nBorna;2\r\n')

    assert [(row.number, row.cells[0]) for row in sheet.rows] == [(3, "Bad Lausick"), (6, "Borna")]


def test_quotation_marks_that_do_not_match_and_control_characters_are_named():
    assert problems(b'Ort;Raum\nGrim\x00ma;1\n"Borna;2\n') == [
        "Line 2: This line has characters that are no text.",
        "Line 3: The quotation marks of this line do not match.",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"%PDF-1.7", "neither CSV nor XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "neither CSV nor XLSX"),
        (b"PK\x03\x04 and no archive", "cannot be opened as XLSX"),
        (b"x" * (sheets.MAX_BYTES + 1), "larger than 5 MB"),
        (b"Ort;Raum\n" + b"Grimma;1\n" * (sheets.MAX_ROWS + 1), "more than 5000 rows"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, message):
    assert message in refusals(content)[0]


# XLSX ---------------------------------------------------------------------------------------------


def test_xlsx_is_read_as_text_without_surprises():
    found = texts(
        xlsx(
            ["Ort", "PLZ", "Erster Tag", "Geteilt"],
            ["Großpösna", 4463, dt.date(2026, 12, 1), True],
            ["Borna", 4552.0, dt.date(2026, 12, 31), False],
            [None, None, None, None],
            ["Bad\nLausick", "04651", "1.12.2026", None],
        )
    )

    assert found[1:] == [
        ("Großpösna", "4463", "2026-12-01", "yes"),
        ("Borna", "4552", "2026-12-31", "no"),
        ("Bad Lausick", "04651", "1.12.2026", ""),
    ]


def test_formulas_and_rounded_numbers_are_mistakes_and_all_are_named():
    assert problems(xlsx(HEADER, ["=A1", "1"], ["Borna", 2.6], ["Wurzen", "#REF!"])) == [
        "Line 2, column “Ort”: a formula. Please enter what it comes to.",
        "Line 3, column “Telefon”: the number 2.6. Format the cell as text, and write it as it is.",
        "Line 4, column “Telefon”: an error value (#REF!).",
    ]


def zipped(**parts: bytes) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return found.getvalue()


def rewritten(content: bytes, part: str, change) -> bytes:
    found = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            held = old.read(name)
            new.writestr(name, change(held) if name == part else held)
    return found.getvalue()


def test_archives_that_unpack_to_too_much_are_not_unpacked():
    bomb = zipped(**{"xl/workbook.xml": b"0" * (60 * 2**20)})
    assert len(bomb) < 2**20
    assert refusals(bomb) == ["The file is far too large when it is unpacked."]


def test_entities_that_multiply_are_refused():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def with_entities(held: bytes) -> bytes:
        return laughs + held.partition(b"?>")[2] if held.startswith(b"<?xml") else laughs + held

    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        changed = rewritten(xlsx(HEADER, ["Grimma", "1"]), part, with_entities)
        assert "cannot be opened as XLSX" in refusals(changed)[0], part


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is():
    content = rewritten(
        xlsx(HEADER, ["Grimma", "1"]),
        "xl/worksheets/sheet1.xml",
        lambda held: held.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"').replace(
            b'<row r="2"', b'<row r="9000000000"'
        ),
    )

    assert "more than 5000 rows" in refusals(content)[0]


# Writing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_begins_like_a_formula_and_none_is_changed_for_good(payload):
    assert not guarded(payload).lstrip(" ").startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert bare(guarded(payload)) == payload


@pytest.mark.parametrize("file_format", sheets.FORMATS)
def test_a_telephone_number_with_a_plus_goes_out_guarded_and_comes_back_as_it_was(file_format):
    content = sheets.write(file_format, HEADER, [["Grimma", "+49 3433 241-0"], ["=1", "-"]])

    assert texts(content) == [tuple(HEADER), ("Grimma", "+49 3433 241-0"), ("=1", "-")]
    if file_format == "csv":
        assert content.decode("utf-8-sig").splitlines()[1:] == ["Grimma;'+49 3433 241-0", "'=1;'-"]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.value for cell in cells][2:] == ["Grimma", "'+49 3433 241-0", "'=1", "'-"]
        assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("file_format", sheets.FORMATS)
def test_characters_that_no_file_can_hold_are_left_out(file_format):
    content = sheets.write(file_format, HEADER, [["Grim\0ma", "\x0b"], ["Borna", ""]])

    assert texts(content)[1:] == [("Grimma", ""), ("Borna", "")]
