"""The papers of an application: what stands in them, in which languages, for whom."""

import datetime as dt
import io
import uuid

import pypdf
import pytest
import time_machine
from django.utils.translation import override

from portal import data_version
from projects import blank_form, documents, workflow
from projects.models import Application, Attachment
from projects.rules import every_rule_set
from projects.sections import SECTIONS
from projects.states import CallState
from projects.terms import ApplicantType
from tests import factories
from tests.portal.test_pdf import tags, text
from tests.projects import cases
from tests.projects import factories as funding

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


# The blank form ---------------------------------------------------------------------------------


@pytest.fixture
def paper(place):
    """A call for everybody with everything, and the address of its form."""
    programme = funding.programme(place.agency, papers="Angebot\nSatzung")
    rules = funding.rule_set(programme, partner_types=["welfare"])
    return funding.call(rules, slug="mp-2026", english="Microprojects 2026")


def printed(client, language: str = "de") -> str:
    answer = client.get(f"/{language}/foerderung/mp-2026/formular.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return words(answer.content)


@time_machine.travel(NOW, tick=False)
def test_the_blank_form_asks_every_question_there_is(client, paper):
    asked = " ".join(printed(client).split())

    with override("de"):
        for section in SECTIONS:
            assert str(section.title) in asked
            for form in (section.form_class, *(rows.form_class for rows in section.rows)):
                for name, field in form.base_fields.items():
                    assert str(field.label).split()[0] in asked, name
                    assert str(field.help_text)[:20] in asked, name
    for expected in (
        *("☐ Ich erkläre: true.", "☐ Ich erkläre: privacy.", "– Satzung", "mikroprojekte@"),
        *("1.000,00 €", "5.000,00 €", "2. November 2026", "http://testserver/de/foerderung/"),
    ):
        assert expected in asked


@time_machine.travel(NOW, tick=False)
def test_a_question_for_some_says_whom_it_concerns(client, paper):
    assert "Only for: Volunteer initiative." in " ".join(printed(client, "en").split())

    everybody = blank_form._everybody(every_rule_set.at(data_version.read())[paper.rule_set_id])
    initiative = [b for b in everybody if b.applicant_type == ApplicantType.INITIATIVE]
    others = [b for b in everybody if b not in initiative]
    with override("en"):
        assert blank_form._concerned(initiative, everybody) == "Only for: Volunteer initiative."
        assert blank_form._concerned(others, everybody) == "Not for: Volunteer initiative."
        assert blank_form._concerned(everybody, everybody) == ""


@time_machine.travel(NOW, tick=False)
def test_the_blank_form_is_in_german_and_in_the_language_of_the_page(client, paper):
    english, german = printed(client, "en"), printed(client)

    assert "Telefon / Telephone" in english
    assert "Mikroprojekte 2026 / Microprojects 2026" not in english.split("\n")[-1]
    assert "Telephone" not in german
    assert "Ich erkläre: true. / I declare: true." in english


@time_machine.travel(NOW, tick=False)
def test_the_blank_form_is_accessible_and_the_same_all_day(client, paper):
    first = client.get("/de/foerderung/mp-2026/formular.pdf")
    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        second = client.get("/de/foerderung/mp-2026/formular.pdf")

    assert first.content == second.content
    assert first["Content-Disposition"] == 'inline; filename="mp-2026.pdf"'
    found = tags(first.content)
    assert (found.count("H1"), found.count("Table")) == (1, 4)
    assert found.count("TH") == 1 + 2 + 7 + 3


def test_an_unknown_or_secret_call_has_no_form(client, place):
    funding.call(slug="geheim", state=CallState.DRAFT)

    for slug in ("geheim", "gibt-es-nicht"):
        assert client.get(f"/de/foerderung/{slug}/formular.pdf").status_code == 404


def test_rules_without_any_kind_of_project_still_make_a_form(client, place):
    rules = funding.rule_set(ceilings={}, costs={}, declarations=())
    funding.call(rules, slug="mp-2026")

    assert "☐" in printed(client)
