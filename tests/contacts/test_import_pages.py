"""Importing as an editor does it: upload, look, choose, publish, take back; and saving lists."""

import csv
import datetime as dt
import io
import logging

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import (
    Area,
    Correction,
    GoldenCase,
    ImportDraft,
    Post,
    Publication,
    Responsibility,
    StaffRole,
)
from contacts.roles import Role
from portal import clock, sheets
from tests import factories
from tests.contacts.county import county
from tests.contacts.taking_back import undo
from tests.contacts.test_imports import RULES, everything, rules
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
SUNDAY = dt.datetime(2026, 11, 22, 10, 30, tzinfo=dt.UTC)
ADD = "/verwaltung/contacts/importdraft/add/"


@pytest.fixture(autouse=True)
def on_a_sunday():
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.fixture
def place():
    return county()


def editor_of(agency) -> Client:
    user = factories.user(is_staff=True)
    StaffRole.objects.create(user=user, agency=agency, role=Role.EDITOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor(place) -> Client:
    return editor_of(place.agency)


def upload(client: Client, place, content: str | bytes, name="team.csv", follow=True, **data):
    content = content.encode() if isinstance(content, str) else content
    data = {
        "agency": place.agency.pk,
        "file": SimpleUploadedFile(name, content),
        "effective_on": "2026-12-01",
        "left_out": "keep",
    } | data
    return client.post(ADD, data, follow=follow)


def page_of(draft: ImportDraft) -> str:
    return reverse("admin:contacts_importdraft_change", args=[draft.pk])


def publish(client: Client, page) -> object:
    looked = page.context["plan"].digest
    address = page_of(page.context["draft"])
    return client.post(address, {"_publish": "1", "looked": looked}, follow=True)


def saved(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response.status_code == 200, response.headers
    return list(csv.reader(response.content.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_a_saved_table_is_changed_published_and_taken_back(place, editor):
    before = everything()
    form = editor.get(ADD)
    assert form.context["form"]["effective_on"].value() == dt.date(2026, 11, 22)
    assert form.context["form"]["left_out"].value() is None  # nobody decides this by accident
    answer = editor.get("/verwaltung/contacts/importdraft/table/responsibilities/xlsx/")
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    lines = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert lines[0][:4] == ["Place", "Official key", "Topic", "Post key"]
    (cell,) = [row[3] for row in book.active.iter_rows() if row[0].value == "Grimma"]
    cell.value = "kik"
    changed = io.BytesIO()
    book.save(changed)

    page = upload(editor, place, changed.getvalue(), "team.xlsx", left_out="complete")

    assert "Changed (1) Line 3 Grimma" in seen_in(page)
    assert "Unchanged (1) Line 2 Borna" in seen_in(page)
    assert "No place loses its answer, and no golden case turns." in seen_in(page)
    assert everything() == before
    answer = publish(editor, page)
    assert "Published. It shows at once." in seen_in(answer)
    assert rules(place.grimma)[1][0] == "kik"

    published = Publication.objects.get()
    assert ImportDraft.objects.get().publication == published
    back = reverse("admin:contacts_publication_undo", args=[published.pk])
    assert back in answer.content.decode()
    seen = editor.get(back)
    editor.post(back, {"_publish": "1", "looked": seen.context["looked"]})
    assert everything() == before


def test_golden_cases_gaps_and_the_public_page_are_seen_before_publishing(place, editor):
    GoldenCase.objects.create(typed="Borna", post=place.loth, agency=place.agency)
    before = everything()

    page = upload(editor, place, RULES + "Grimma;;;koi;;;\n", left_out="complete")

    seen = seen_in(page)
    assert "From 1 Dec 2026 nobody answers for Borna." in seen
    assert "A golden case turns: “Borna”" in seen
    assert "Borna: Nobody is responsible from 1 Dec 2026 on." in seen
    preview = editor.post(
        page_of(page.context["draft"]),
        {"_preview": "1", "preview_page": "/de/orte/borna/", "preview_on": "2026-12-02"},
    )
    assert "Jana Loth" not in seen_in(preview)
    assert "no-store" in preview["Cache-Control"]
    assert everything() == before
    assert not Publication.objects.exists()


def test_an_unknown_town_is_asked_for_and_chosen_from_a_list(place, editor):
    page = upload(editor, place, RULES + "Grima;;;kik;;;\nBorna;;;koi;;;\n")

    seen = seen_in(page)
    assert "1 row is not clear" in seen
    assert "Line 2 Grima: No place of this agency is called “Grima”." in seen
    assert "Cannot be published while rows are not clear." in seen
    draft = page.context["draft"]
    answer = editor.post(
        page_of(draft), {"_choose": "1", "choice-2-place": place.grimma.key}, follow=True
    )
    assert "Publish 2 changes" in answer.content.decode()
    publish(editor, answer)
    assert rules(place.grimma)[1][0] == "kik"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Ort|Post key\nGrimma|kik\n", "not separated by semicolon, comma or tab"),
        ("Ort;Thema\nGrimma;\n", "Line 1: The column “Post key” is missing."),
        ("Ort;Post key\nGr\x81nau;kik\n".encode("latin-1"), "encoding of this file cannot be told"),
        (sheets.write("xlsx", ["Ort", "Post key"], []), "There is nothing below the first line."),
        (b"x" * (sheets.MAX_BYTES + 1), "The file is larger than 5 MB."),
        (b"", "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_keeps_the_form_and_says_why(place, editor, content, message):
    answer = upload(editor, place, content, left_out="complete", follow=False)

    assert answer.status_code == 422
    assert message in seen_in(answer)
    assert answer.context["form"]["left_out"].value() == "complete"
    assert answer.context["form"]["effective_on"].value() == "2026-12-01"
    assert not ImportDraft.objects.exists()


def test_a_formula_is_named_with_line_and_column(place, editor):
    book = openpyxl.Workbook()
    for line in (["Ort", "Post key"], ["Grimma", "=A1"], ["=HYPERLINK(1)", "kik"]):
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)

    seen = seen_in(upload(editor, place, content.getvalue(), "team.xlsx"))

    assert "Line 2, column “Post key”: a formula." in seen
    assert "Line 3, column “Ort”: a formula." in seen


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"left_out": ""}, "This field is required."),
        ({"effective_on": "2026-11-01"}, "Choose today or a later day"),
        ({"file": ""}, "This field is required."),
    ],
)
def test_a_form_that_is_not_filled_in_says_so(place, editor, changed, message):
    answer = upload(editor, place, RULES + "Grimma;;;kik;;;\n", **changed)

    assert (answer.status_code, message in seen_in(answer)) == (422, True)


def test_a_file_with_one_mistake_changes_nothing_at_all(place, editor):
    before = everything()
    text = RULES + "Grimma;;;kik;;;\nBorna;;;koi;32.1.2027;;\nBorna;;;kik;;;\nBorna;;;koi;;;\n"

    page = upload(editor, place, text)

    seen = seen_in(page)
    assert "Line 3, column “First day”: “32.1.2027” is no date" in seen
    assert "Line 5: Borna stands in line 4 already, for the same days." in seen
    assert "Cannot be published while there are mistakes." in seen
    answer = publish(editor, page)  # by hand, past the button
    assert "There are rows that are not clear yet." in seen_in(answer)
    assert everything() == before


def test_the_second_of_two_editors_sees_what_the_first_has_changed(place, editor):
    other = editor_of(place.agency)
    mine = upload(editor, place, RULES + "Grimma;;;kik;;;\n")
    theirs = upload(other, place, RULES + "Grimma;;;kik;1.2.2027;;\nBorna;;;koi;;;\n")
    publish(editor, mine)
    before = everything()

    answer = publish(other, theirs)

    assert "Nothing has been published: meanwhile somebody has changed something." in seen_in(
        answer
    )
    assert "first day 1 Dec 2026 1 Feb 2027" in seen_in(answer).replace("before ", "").replace(
        "after ", ""
    ).replace("First", "first")
    assert everything() == before
    assert Publication.objects.count() == 1


def test_a_crash_after_the_last_row_leaves_nothing_behind(place, editor):
    """The database itself fails when everything is written and only the record is missing."""
    before = everything()
    page = upload(editor, place, RULES + "Grimma;;;kik;;;\nNerchau;;;kik;;;\n")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '23514'; END $$"
            )
            body = "FOR EACH ROW EXECUTE FUNCTION crash()"
        else:
            body = "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        cursor.execute(f"CREATE TRIGGER crash BEFORE INSERT ON contacts_publication {body}")

    answer = publish(editor, page)

    assert "Please try again." in seen_in(answer)
    with connection.cursor() as cursor:
        of_table = " ON contacts_publication" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER crash{of_table}")
    assert everything() == before
    assert ImportDraft.objects.get().publication is None
    publish(editor, editor.get(page_of(page.context["draft"])))
    assert Publication.objects.count() == 1


def test_a_draft_belongs_to_the_editors_of_its_agency(place, editor):
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    page = upload(editor, place, RULES + "Grimma;;;kik;;;\n")
    address = page_of(page.context["draft"])

    assert editor_of(other).get(address).status_code == 404
    assert editor_of(other).post(address, {"_publish": "1"}).status_code == 404
    answer = upload(editor, place, RULES + "Grimma;;;kik;;;\n", agency=other.pk)
    assert "Select a valid choice." in seen_in(answer)


# Five thousand rows -------------------------------------------------------------------------------


def parts_of(town: Area, number: int) -> list[Area]:
    rows = [
        Area(
            key=f"{town.key}-teil-{n}",
            kind=Area.Kind.LOCALITY,
            parent=town,
            name=f"Teil {n}",
            slug=f"teil-{n}",
        )
        for n in range(number)
    ]
    return Area.objects.bulk_create(rows, batch_size=500)


def test_five_thousand_rows_are_published_and_taken_back(place, editor):
    parts = parts_of(place.grimma, sheets.MAX_ROWS)
    text = RULES + "".join(
        f";{part.key};;{('koi', 'kik')[n % 2]};;;\n" for n, part in enumerate(parts)
    )
    page = upload(editor, place, text)
    assert "Publish 5000 changes" in page.content.decode()
    assert "Show all lines" in seen_in(page)

    with CaptureQueriesContext(connection) as captured:
        answer = publish(editor, page)

    assert "Published. It shows at once." in seen_in(answer)
    assert Responsibility.objects.filter(area__parent=place.grimma).count() == 5000
    assert len(captured) < 250  # with the page that follows; batches of 500 rows
    undo(Publication.objects.get(), by=None, now=clock.now())
    assert not Responsibility.objects.filter(area__parent=place.grimma).exists()


# Saving lists -------------------------------------------------------------------------------------


def test_a_list_is_saved_as_filtered_searched_and_ordered(place, editor):
    Post.objects.filter(pk=place.richter.pk).update(phone="+49 3433 1", staffing="vacant")

    every = saved(editor, "/verwaltung/contacts/post/export/csv/?o=4")
    vacant = saved(editor, "/verwaltung/contacts/post/export/csv/?staffing__exact=vacant&p=7")
    found = saved(editor, "/verwaltung/contacts/post/export/csv/?q=Loth")

    assert every[0][:5] == ["Post", "Held by", "Places today", "Staffing", "Telephone"]
    assert [line[3] for line in every[1:]] == ["filled", "vacant"]
    assert saved(editor, "/verwaltung/contacts/post/export/csv/?o=-4")[1:] == every[:0:-1]
    assert vacant[1:] == [["Koordinatorin", "Martina Richter", "1", "vacant", "'+49 3433 1", ""]]
    assert [line[1] for line in found[1:]] == ["Jana Loth"]
    book = openpyxl.load_workbook(
        io.BytesIO(editor.get("/verwaltung/contacts/post/export/xlsx/").content)
    )
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {
        "s"
    }
    listed = editor.get("/verwaltung/contacts/post/?q=Loth").content.decode()
    assert "/verwaltung/contacts/post/export/csv/?q=Loth" in listed


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("post/export/pdf/", 404),
        ("post/export/csv/?staffing__exact=%00", 400),
        ("post/export/csv/?agency__slug=x", 400),
        ("post/export/csv/?o=nonsense", 200),
        ("publication/export/csv/?published_at__year=nine", 404),
        ("importdraft/table/secrets/csv/", 404),
        ("importdraft/table/contacts/doc/", 404),
    ],
)
def test_an_address_that_no_list_offers_saves_nothing(place, editor, address, status):
    assert editor.get(f"/verwaltung/contacts/{address}").status_code == status


def test_what_visitors_left_to_reach_them_is_in_no_file(place, editor):
    Correction.objects.create(
        kind="wrong", text="Falsch", contact="amal@example.org", received_at=SUNDAY,
        agency=place.agency,
    )  # fmt: skip
    lines = saved(editor, "/verwaltung/contacts/correction/export/csv/")

    assert len(lines) == 2
    assert "amal@example.org" not in str(lines)


def test_saving_a_list_is_logged_without_what_stands_in_it(place, editor, caplog):
    caplog.set_level(logging.INFO, logger="portal.exports")
    saved(editor, "/verwaltung/contacts/person/export/csv/")

    (line,) = [record.getMessage() for record in caplog.records if record.name == "portal.exports"]
    assert line.startswith("List of contacts.person saved: 2 rows as csv, by user ")
    assert "Richter" not in line


@pytest.mark.parametrize("model", ["post", "person", "responsibility", "office", "municipality"])
def test_saving_a_list_takes_as_many_queries_for_3_rows_as_for_30(place, editor, model):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            saved(editor, f"/verwaltung/contacts/{model}/export/csv/")
        return len(captured)

    count()
    before = count()
    for number in range(27):
        town = factories.municipality(f"Ort {number}", place.district)
        post = factories.post(place.agency, office=factories.office(place.agency))
        factories.holder(post, f"Person {number}")
        factories.rule(post, town)

    assert count() == before
