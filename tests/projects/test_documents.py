"""The papers of an application: what stands in them, in which languages, for whom."""

import io
import uuid

import pypdf
import pytest

from projects import documents, workflow
from projects.models import Application, Attachment
from tests import factories
from tests.portal.test_pdf import tags, text
from tests.projects import cases

pytestmark = pytest.mark.django_db
NOW = cases.NOW


@pytest.fixture
def applicant():
    return factories.user("amal@example.org")


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


def words(document: bytes) -> str:
    return text(document).replace("\xa0", " ")


def copy_of(application: Application, by) -> bytes:
    """Send `application` in; the document that is kept of it."""
    version = workflow.submit(application, key=uuid.uuid4(), **cases.moment(by))
    return bytes(version.pdf)


def test_the_copy_shows_what_was_sent_in_german(call, applicant):
    made = copy_of(cases.draft(call, applicant), applicant)

    copied = words(made)
    application = Application.objects.get()
    for expected in (
        *(application.reference, "Koordinierungsstelle für Integration", "Mikroprojekte 2026"),
        *("10:00", "Sprachcafé am Markt", "Amal Haddad", "04668", "Grimma", "5. September 2026"),
        *("Kaffee und Kuchen 10 Treffen 25,50 € 255,00 €", "245,00 € 245,00 €"),
        *("☒ Ich erkläre: true.", "500,00 €", "450,00 €", "50,00 €"),
    ):
        assert expected in copied
    assert " / " not in copied.replace("1 / 2", "").replace("2 / 2", "")


def test_the_copy_is_accessible(call, applicant):
    made = copy_of(cases.draft(call, applicant), applicant)

    root = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/Lang"] == "de"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    found = tags(made)
    assert found.count("H1") == 1
    assert found.count("H2") == 8
    assert found.count("Table") == 3


def test_questions_stand_in_german_and_in_the_language_of_the_applicant(call, applicant):
    made = copy_of(cases.draft(call, applicant, language="en"), applicant)

    copied = words(made)
    assert "Ich erkläre: privacy. / I declare: privacy." in copied
    assert "Telefon / Telephone" in copied
    assert "5. September 2026" in copied  # answers are in German, for the office


NAMES = [
    "Ana 🎉 👩‍👩‍👧",
    "أمل الحداد",
    "Nguyễn Thị Ngọc Ánh",
    "ትግርኛ ኣማል",
    "中文名字",
    "\u0301\u0301 a\u0301",
    "x" * 200,
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name_comes_out(call, applicant, name):
    content = cases.typed(
        antragstellende={"name": [name]},
        vorhaben={"title": [name[:120]], "summary": [name]},
        kosten={"costs": [{"kind": ["rent"], "description": [name], "price": ["500"]}]},
    )

    made = copy_of(cases.draft(call, applicant, content), applicant)

    assert made.startswith(b"%PDF-1.7")
    assert "500,00 €" in words(made)


def test_what_looks_like_markup_is_printed(call, applicant):
    typed = '#panic("x") = $y$ \\ #read("/etc/passwd")'
    content = cases.typed(inhalt={"content": [typed]})

    assert typed in text(copy_of(cases.draft(call, applicant, content), applicant))


def test_attached_files_are_named(call, applicant):
    draft = cases.draft(call, applicant)
    Attachment.objects.create(
        application=draft,
        name="Satzung.pdf",
        content_type="application/pdf",
        size=3 * 1024 * 1024,
        digest="0" * 64,
        file="attachments/none",
        added_at=NOW,
    )

    assert "Satzung.pdf 3,0 MB" in words(copy_of(draft, applicant))


def test_lines_that_lack_an_answer_keep_their_columns():
    lines = [["kind", "description", "price", "total"], ["kind", "quantity", "unit", "price"]]
    names: list[str] = []

    for line in lines:
        documents._merge(names, line)

    assert names == ["kind", "quantity", "unit", "description", "price", "total"]
