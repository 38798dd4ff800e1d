"""Documents that agencies publish: their files, their editions, and who gets at them."""

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pypdf import PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject

from contacts import document_files, pdf_files
from contacts.models import Document
from contacts.roles import Role
from portal import clock
from tests import factories
from tests.contacts.county import County, county
from tests.portal.test_files import scanner
from tests.portal.uploading import pdf_bytes, picture_bytes, upload
from tests.reading import seen_in

pytestmark = pytest.mark.django_db


# Protected in a way that nobody knows, and the word for it written so that one does not see it.
UNKNOWN_PROTECTION = (
    b"%PDF-1.7\n"
    b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    b"2 0 obj <</Type/Pages/Count 0/Kids[]>> endobj\n"
    b"3 0 obj <</Filter/Other/V 4>> endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n"
    b"0000000054 00000 n \n0000000100 00000 n \n"
    b"trailer <</Size 4/Root 1 0 R/#45ncrypt 3 0 R/ID[(a)(b)]>>\nstartxref\n137\n%%EOF\n"
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """An empty folder for the files of this test."""
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": {**stored, "OPTIONS": options}}
    return tmp_path / "files"


@pytest.fixture
def place() -> County:
    return county()


@pytest.fixture
def concept(place) -> Document:
    return Document.objects.language("de").create(
        slug="konzept", agency=place.agency, kind="concept", issued="2019", title="Konzept"
    )


@pytest.fixture
def editor(place) -> Client:
    user = factories.user(is_staff=True)
    user.staff_roles.create(agency=place.agency, role=Role.EDITOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def page(document: Document, name: str) -> str:
    return reverse(f"admin:contacts_document_{name}", args=[document.pk])


def pages(number: int, *, tagged: bool) -> bytes:
    """A PDF of so many empty pages, with or without a structure."""
    writer = PdfWriter()
    for _page in range(number):
        writer.add_blank_page(595, 842)
    if tagged:
        marks = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
        writer.root_object[NameObject("/MarkInfo")] = marks
        writer.root_object[NameObject("/StructTreeRoot")] = DictionaryObject()
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize(("tagged", "said"), [(True, "screen readers yes"), (False, "readers no")])
def test_the_server_finds_out_size_pages_and_tags(concept, editor, tagged, said):
    content = pages(3, tagged=tagged)

    answer = editor.post(page(concept, "file"), {"file": upload("Konzept 2019.pdf", content)})

    assert answer.status_code == 302
    concept.refresh_from_db()
    assert (concept.pages, concept.is_tagged, concept.size_bytes) == (3, tagged, len(content))
    assert concept.file_name == "Konzept 2019.pdf"
    assert "onzept" not in concept.file.name  # the storage tells nothing
    seen = seen_in(Client().get("/en/dokumente/konzept/"))
    assert said in seen
    assert "Pages 3" in seen


def test_the_file_is_saved_and_never_shown_as_a_page(concept, editor):
    content = pages(1, tagged=False)
    editor.post(page(concept, "file"), {"file": upload("konzept.pdf", content)})

    answer = Client().get("/de/dokumente/konzept.pdf")

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"] == 'attachment; filename="konzept.pdf"'
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    concept.refresh_from_db()
    for guess in (concept.file.name, f"media/{concept.file.name}", "de/dokumente/konzept 2019.pdf"):
        assert Client().get(f"/{guess}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bild.png", picture_bytes("PNG"), "is no PDF"),
        ("konzept.pdf", b"%PDF-1.7\nnothing\n%%EOF", "cannot be read"),
        ("konzept.pdf", pages(0, tagged=False), "cannot be read"),
        ("konzept.pdf", UNKNOWN_PROTECTION, "cannot be read"),
        ("konzept.pdf", b"Word", "is not a PDF"),
        ("konzept.pdf", b"", "empty"),
    ],
)
def test_what_is_no_sound_pdf_is_refused_with_what_to_do(
    concept, editor, folder, name, content, said
):
    for where in ("file", "edition"):
        data = {"file": upload(name, content), "title": "Konzept 2026", "issued": "2026"}

        answer = editor.post(page(concept, where), data)

        assert answer.status_code == 422
        assert said in answer.text
    concept.refresh_from_db()
    assert not concept.file
    assert Document.objects.count() == 1
    assert not list(folder.rglob("*.*"))


def test_a_file_with_more_pages_than_anybody_publishes_is_refused(concept, editor):
    """One page that is listed again and again: small, and as long as somebody likes."""
    listed = b"3 0 R " * (pdf_files.MOST_PAGES + 1)
    made = (
        b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
        b"2 0 obj <</Type/Pages/Count 1/Kids[" + listed + b"]>> endobj\n"
        b"3 0 obj <</Type/Page/Parent 2 0 R>> endobj\ntrailer <</Size 4/Root 1 0 R>>\n"
        b"startxref\n9\n%%EOF\n"
    )

    answer = editor.post(page(concept, "file"), {"file": upload("konzept.pdf", made)})

    assert answer.status_code == 422
    assert "cannot be read" in answer.text


@pytest.mark.parametrize("issued", ["2019-02-31", "0000", "2019-13"])
def test_a_day_that_no_calendar_has_is_refused_and_kept(place, concept, editor, issued):
    typed = {"title": "Konzept", "kind": "concept", "language": "de", "rank": "0"}
    typed |= {"slug": "konzept", "agency": place.agency.pk, "issued": issued}

    changed = editor.post(page(concept, "change"), typed)
    data = {"file": upload("neu.pdf", pages(1, tagged=False)), "title": "Neu", "issued": issued}
    edition = editor.post(page(concept, "edition"), data)

    assert (changed.status_code, edition.status_code) == (200, 422)  # not stored
    for answer in (changed, edition):
        assert "A year, a month or a day, such as" in seen_in(answer)
        assert f'value="{issued}"' in answer.text
    concept.refresh_from_db()
    assert (concept.issued, Document.objects.count()) == ("2019", 1)


def test_what_the_scanner_finds_is_not_published(concept, editor, settings, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "clamd")
    with scanner(settings.CLAMD_SOCKET):
        infected = upload("k.pdf", pdf_bytes("VIRUS"))
        answer = editor.post(page(concept, "file"), {"file": infected})

    assert "refused by the virus scanner" in answer.text
    concept.refresh_from_db()
    assert not concept.file


def test_another_file_takes_the_place_of_the_first_one(
    concept, editor, django_capture_on_commit_callbacks
):
    editor.post(page(concept, "file"), {"file": upload("alt.pdf", pages(1, tagged=False))})
    concept.refresh_from_db()
    former = concept.file.name

    with django_capture_on_commit_callbacks(execute=True):
        editor.post(page(concept, "file"), {"file": upload("neu.pdf", pages(2, tagged=False))})

    concept.refresh_from_db()
    assert (concept.file_name, concept.pages) == ("neu.pdf", 2)
    assert not default_storage.exists(former)
    assert default_storage.exists(concept.file.name)


def test_the_next_edition_stands_in_the_list_and_the_former_one_leads_to_it(concept, editor):
    editor.post(page(concept, "file"), {"file": upload("alt.pdf", pages(1, tagged=False))})
    data = {"title": "Konzept, 2. Auflage", "issued": "2026-05"}
    data["file"] = upload("neu.pdf", pages(9, tagged=True))

    answer = editor.post(page(concept, "edition"), data)

    newer = Document.objects.get(slug="konzept-2-auflage-2026-05")
    assert answer.url == page(newer, "change")
    assert (newer.kind, newer.agency, newer.pages) == ("concept", concept.agency, 9)
    seen = seen_in(Client().get("/en/dokumente/"))
    assert "1 document" in seen
    assert "May 2026, PDF, 9 pages" in seen
    assert "2 documents" in seen_in(Client().get("/en/dokumente/?stand=frueher"))
    former = Client().get("/en/dokumente/konzept/")
    assert "There is a newer edition" in seen_in(former)
    assert newer.get_absolute_url().partition("/dokumente/")[2] in former.text
    file = Client().get("/en/dokumente/konzept.pdf")  # links keep working
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert "Konzept (2019)" in seen_in(Client().get("/en/dokumente/konzept-2-auflage-2026-05/"))

    again = editor.post(page(concept, "edition"), {**data, "file": upload("x.pdf", pdf_bytes())})
    assert "has a next edition already" in again.text


def test_a_document_leaves_the_list_after_its_last_day(concept, time_machine):
    Document.objects.filter(pk=concept.pk).update(valid_until="2026-03-31")
    for moment, listed in (("2026-03-31T21:59:00Z", True), ("2026-03-31T22:00:00Z", False)):
        time_machine.move_to(moment, tick=False)
        assert ("1 document" in seen_in(Client().get("/en/dokumente/"))) is listed
        stays = seen_in(Client().get("/en/dokumente/konzept/"))
        assert ("held until 31 March 2026" in stays) is not listed


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"a", "b"}),
        ("?art=report", {"b"}),
        ("?jahr=2018", {"a"}),
        ("?art=report&jahr=2018", set()),
        ("?art=nonsense", {"a", "b"}),
        ("?jahr=%00", {"a", "b"}),
    ],
)
def test_the_filters_are_in_the_address(place, query, shown):
    for slug, kind, issued in (("a", "concept", "2018"), ("b", "report", "2020-04-01")):
        Document.objects.language("de").create(
            slug=slug, agency=place.agency, kind=kind, issued=issued, title=slug
        )

    answer = Client().get(f"/en/dokumente/{query}")

    assert answer.status_code == 200
    assert {slug for slug in "ab" if f"/en/dokumente/{slug}/" in answer.text} == shown
    assert ("Leave out one of the choices" in answer.text) is not bool(shown)


def test_files_that_no_document_needs_are_swept(concept, editor, time_machine):
    editor.post(page(concept, "file"), {"file": upload("k.pdf", pages(1, tagged=False))})
    concept.refresh_from_db()
    kept = concept.file.name
    lost = default_storage.save(f"documents/ab/cd/{'0' * 32}", io.BytesIO(b"x"))
    time_machine.move_to(clock.now() + 2 * document_files.SWEPT_AFTER)

    assert document_files.sweep(clock.now()) == "1 files deleted"

    assert default_storage.exists(kept)
    assert not default_storage.exists(lost)
