"""Printed documents: accessible, the same everywhere, and proof against any text."""

import datetime as dt
import io
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pymupdf_fonts
import pypdf
import pypdfium2
import pytest
from django.utils import translation

from portal import fonts, pdf
from tests.servers import ROOT, environment

NOW = dt.datetime(2026, 11, 2, 13, 32, tzinfo=dt.UTC)


def document(title: str = "Your application", language: str = "en", **data) -> bytes:
    return pdf.render("document.typ", data, language=language, title=title, now=NOW)


def answers(*pairs: tuple[str, object]) -> list[dict]:
    """One section with these labels and values."""
    items = [{"label": label, "value": value} for label, value in pairs]
    return [{"title": "About you", "parts": [{"kind": "answers", "items": items}]}]


def text(document: bytes) -> str:
    """What a reader's program copies out of `document`, page after page."""
    with pypdfium2.PdfDocument(document) as opened:
        pages = []
        for number in range(len(opened)):
            page = opened[number]
            words = page.get_textpage()
            pages.append(words.get_text_range().replace("\r\n", "\n"))
            words.close()
            page.close()
    return "\n".join(pages)


def elements(document: bytes) -> list[dict]:
    """The elements of the structure tree in reading order."""
    found = []

    def walk(node) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            found.append(node)
            walk(node.get("/K"))

    walk(pypdf.PdfReader(io.BytesIO(document)).trailer["/Root"]["/StructTreeRoot"].get("/K"))
    return [node for node in found if "/S" in node]


def tags(document: bytes) -> list[str]:
    return [node["/S"].removeprefix("/") for node in elements(document)]


@pytest.fixture
def forgets_fonts():
    """Fonts are looked for anew before and after the test."""

    def forget() -> None:
        for kept in (fonts.typefaces, fonts._temporary, pdf._plain):
            kept.cache_clear()

    forget()
    yield
    forget()


WHOLE = {
    "agency": {"name": "Coordination office", "lines": ["Market 1, 04552 Borna"]},
    "reference": "MP-2026-K7Q4",
    "facts": [["Number", "MP-2026-K7Q4"]],
    "intro": ["A copy of what you sent."],
    "sections": [
        *answers(("Name", "Ana Müller"), ("Content", "First line\nSecond line")),
        {
            "title": "Costs",
            "parts": [
                {
                    "kind": "figures",
                    "columns": [
                        {"label": "For what", "amount": False, "wide": True},
                        {"label": "Total", "amount": True},
                    ],
                    "rows": [["Rent", "40,00 €"]],
                    "total": ["Sum", "40,00 €"],
                },
                {"kind": "note", "text": "Requested: 40,00 €"},
            ],
        },
        {
            "title": "By hand",
            "parts": [
                {"kind": "text", "text": "Please write clearly."},
                {"kind": "lines", "label": "Title", "hint": "At most 120 characters", "lines": 2},
                {"kind": "choices", "label": "You are", "options": ["a person", "a body"]},
                {
                    "kind": "rows",
                    "label": "Costs",
                    "lines": 3,
                    "columns": [{"label": "For what", "amount": False, "wide": True}],
                },
                {"kind": "tick", "label": "All is true."},
                {"kind": "signatures", "labels": ["Place, day", "Signature"]},
            ],
        },
    ],
}


def test_a_document_is_tagged_and_says_its_title_and_language():
    made = document(title="Your application: Café", language="de", **WHOLE)

    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Your application: Café"
    about = root["/Metadata"].get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", about)


def test_headings_questions_and_tables_are_what_they_look_like():
    found = tags(document(**WHOLE))

    assert [tag for tag in found if tag.startswith("H")] == ["H1", "H2", "H2", "H2"]
    assert found.count("LI") == found.count("Lbl") == found.count("LBody") == 2
    assert found.count("Table") == found.count("THead") == 2
    assert found.count("TH") == 3


def test_the_text_is_read_in_order_and_pages_are_numbered():
    lines = text(document(**WHOLE)).split("\n")

    assert [line.strip() for line in lines] == [
        *("Coordination office", "Market 1, 04552 Borna", "Number: MP-2026-K7Q4"),
        *("Your application", "A copy of what you sent."),
        *("About you", "Name", "Ana Müller", "Content", "First line", "Second line"),
        *("Costs", "For what Total", "Rent 40,00 €", "Sum 40,00 €", "Requested: 40,00 €"),
        *("By hand", "Please write clearly.", "Title", "At most 120 characters"),
        *("You are", "☐ a person", "☐ a body", "Costs", "For what"),
        *("MP-2026-K7Q4 1 / 2", "☐ All is true.", "Place, day Signature", "MP-2026-K7Q4 2 / 2"),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        '#panic("x")',
        '#read("/etc/passwd")',
        "= heading",
        "$x$ `raw` *bold* _it_ <label> @ref",
        '"; panic() //',
        "\\u{41} \\ #",
    ],
)
def test_what_looks_like_markup_is_printed_as_it_was_typed(typed):
    made = document(title=typed, reference=typed, sections=answers((typed, typed)))

    assert text(made).count(typed) == 4


TORTURE = {
    "emoji": ("Feast 🎉 👩‍👩‍👧 🤝🏽", "Feast □ □ □"),
    "arabic": ("مبادرة اللقاء", "مبادرة اللقاء"),
    "persian": ("می\u200cخواهم", "می"),  # where the joiner comes differs between readers
    "vietnamese": ("Nguyễn Thị Ngọc Ánh", "Nguyễn Thị Ngọc Ánh"),
    "tigrinya": ("ትግርኛ ok", "□□□□ ok"),
    "chinese": ("中文 ok", "□□ ok"),
    "decomposed": ("Mu\u0308ller", "Müller"),
    "lone mark": ("\u0301 x\u20e3", "□ x"),
    "strange mark": ("a\u05b7\u064b b", "a□ b"),
    "many marks": ("e" + "\u0301" * 4000 + " b", "□ b"),  # else half a minute, and 3 GB
    "controls": ("a\x00b\x01c\x7fd", "abcd"),
    "lone surrogate": ("a\ud800b", "a□b"),
    "bidi": ("a\u202egpj\u202c\u2066b", "agpjb"),
    "tab and separators": ("a\tb\u2028c\u0085d", "a b\nc\nd"),
    "private": ("a\ue000\ufffeb", "a□□b"),
    "no text": ("", ""),
    "only invisible": ("\u200e\ufeff", ""),
}


@pytest.mark.parametrize(("typed", "printed"), TORTURE.values(), ids=TORTURE)
def test_any_text_comes_out_and_what_cannot_be_shown_is_marked(typed, printed):
    made = document(title=typed, reference=typed, sections=answers((typed, typed), ("end", "")))

    copied = text(made)
    assert printed.split("\n")[0] in copied
    assert ("cannot be shown here" in copied) == (pdf.MISSING in printed)


def test_every_character_can_stand_in_a_title_an_answer_and_a_table():
    for start in range(0, 0x20000, 0x4000):
        typed = " ".join(map(chr, range(start, start + 0x4000)))
        cells = [{"label": typed[:2000], "amount": True}]
        figures = {"kind": "figures", "columns": cells, "rows": [[typed[-2000:]]]}
        parts = [{"kind": "answers", "items": [{"label": "All", "value": typed}]}, figures]

        made = pdf._compile(
            "document.typ",
            {"sections": [{"title": typed[-2000:], "parts": parts}]},
            **{"language": "en", "title": typed[:2000], "now": NOW, "text": pdf.Printable()},
        )

        assert made.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("word", ["x" * 200, "مرحبا" * 40, "name@" + "long-part." * 30 + "example"])
def test_a_word_longer_than_its_line_stays_on_the_page(word):
    column = [
        {"label": "Very long", "amount": False, "wide": True},
        {"label": word, "amount": True},
    ]
    figures = {"kind": "figures", "columns": column, "rows": [[word, "1"]]}
    made = document(sections=[*answers((word, word)), {"title": "T", "parts": [figures]}])

    with pypdfium2.PdfDocument(made) as opened:
        page = opened[0]
        width, _height = page.get_size()
        words = page.get_textpage()
        right = max(words.get_charbox(at)[2] for at in range(words.count_chars()))
        words.close()
        page.close()
    assert right < width
    assert "\u200b" not in text(made)


def test_text_from_the_right_begins_at_the_right():
    made = document(sections=answers(("Name", "مبادرة اللقاء")))

    with pypdfium2.PdfDocument(made) as opened:
        page = opened[0]
        words = page.get_textpage()
        at = words.get_text_range().index("م")
        box = words.get_charbox(at)
        words.close()
        page.close()
    assert box[0] > 500  # of 595 points


def test_a_label_in_two_languages_is_read_in_both():
    label = ["Titel", {"text": "Title", "lang": "en"}]
    made = document(language="de", sections=answers((label, "Fest")))

    assert "Titel / Title" in text(made)
    (page,) = pypdf.PdfReader(io.BytesIO(made)).pages
    assert b"/Lang(en)" in page.get_contents().get_data()


def test_text_of_a_known_language_says_so():
    made = document(sections=answers(("Name", {"text": "Guten Tag", "lang": "de-simple"})))

    root = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/Lang"] == "en"
    assert "de" in [str(node["/Lang"]) for node in elements(made) if "/Lang" in node]


def test_a_character_that_slips_through_costs_signs_and_not_the_document(monkeypatch):
    monkeypatch.setattr(pdf, "INVISIBLE", re.compile("(?!)"))
    monkeypatch.setattr(pdf, "JOINERS", frozenset("\x00"))

    copied = text(document(sections=answers(("Name", "A\x00ña x"))))

    assert "A□ña x" in copied
    assert "cannot be shown here" in copied


def test_a_panic_of_the_renderer_is_an_ordinary_error():
    class AsItIs(pdf.Printable):
        def clean(self, text: str) -> str:
            return text

    with pytest.raises(pdf.typst.TypstError):
        pdf._compile(
            "document.typ",
            {"sections": answers(("\u0631\U00010168□\ufe22", "x"))},
            **{"language": "en", "title": "T", "now": NOW, "text": AsItIs()},
        )


def test_the_same_input_gives_the_same_bytes_in_eight_threads():
    data = [{**WHOLE, "reference": f"R{number}"} for number in range(16)]
    one_by_one = [document(**each) for each in data]

    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(lambda each: document(**each), data))

    assert at_once == one_by_one
    assert len(set(one_by_one)) == 16


def test_a_template_reads_nothing_outside_its_folder():
    with pytest.raises(RuntimeError, match="project root"):
        pdf.render("../pdf.py", {}, language="en", title="T", now=NOW)


PRINT_DIGEST = """
import django, hashlib, datetime as dt
django.setup()
from portal import pdf
now = dt.datetime(2026, 11, 2, 13, 32, tzinfo=dt.UTC)
made = pdf.render("document.typ", {"intro": ["Ä ☐ مرحبا"]}, language="en", title="T", now=now)
print(hashlib.sha256(made).hexdigest())
"""


def test_two_processes_that_start_at_once_share_one_folder_of_fonts(tmp_path):
    command = [sys.executable, "-c", PRINT_DIGEST]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment(VAR_DIR=str(tmp_path)), stdout=subprocess.PIPE
        )
        for _number in range(2)
    ]

    printed = [process.communicate(timeout=60)[0].decode().strip() for process in started]

    ours = sha256(document(title="T", intro=["Ä ☐ مرحبا"])).hexdigest()
    assert printed == [ours, ours]
    names = [path.suffix for path in (tmp_path / "fonts").rglob("*") if path.is_file()]
    assert names == [".otf"] * 7


def test_a_font_that_was_cut_off_is_written_again(forgets_fonts, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    before = document(**WHOLE)
    font = next((tmp_path / "fonts").rglob("figo.otf"))
    font.write_bytes(font.read_bytes()[:1000])
    fonts.typefaces.cache_clear()

    assert document(**WHOLE) == before


def test_where_nothing_can_be_written_fonts_lie_in_a_folder_of_the_process(
    forgets_fonts, settings, tmp_path
):
    before = document(**WHOLE)
    fonts.typefaces.cache_clear()
    settings.VAR_DIR = tmp_path / "file"
    settings.VAR_DIR.write_text("no folder")

    assert document(**WHOLE) == before


def test_fonts_of_an_installation_show_what_ours_lack(forgets_fonts, settings, tmp_path):
    clef = "\U0001d11e"
    assert pdf.MISSING in text(document(sections=answers(("Clef", clef))))
    (tmp_path / "music.otf").write_bytes(pymupdf_fonts.myfont("music"))
    settings.EXTRA_FONT_PATHS = [str(tmp_path)]
    fonts.typefaces.cache_clear()

    assert clef in text(document(sections=answers(("Clef", clef))))


def test_the_note_about_missing_characters_is_in_the_language_of_the_document():
    with translation.override("de"):
        german = translation.gettext(
            "□ stands for a character that cannot be shown here. It is stored as it was entered."
        )

    assert german in text(document(language="de", sections=answers(("Name", "中"))))


def test_no_template_reads_a_file_or_a_package():
    sources = [path.read_text() for path in Path(pdf.TEMPLATES).glob("*.typ")]

    assert len(sources) >= 2
    for source in sources:
        assert not re.search(r"\bread\(|#(?:import|include) \"(?:@|/|\.\.)", source)
