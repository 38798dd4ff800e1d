"""Files of an application: who may add, see and remove them, and what stays of them."""

import base64
import datetime as dt
import os
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from portal import virus_scan
from portal.uploads import MAX_FILES, MB
from projects import attachments, drafts, workflow
from projects.drafts import ClosedError
from projects.models import Application, Attachment
from tests import factories
from tests.portal.entering import entered
from tests.portal.test_files import scanner
from tests.portal.uploading import pdf_bytes, picture_bytes, upload
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
NOW = cases.NOW
AMAL = "amal@example.org"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """An empty folder for the files of this test."""
    settings.FILES_DIR = tmp_path / "files"
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": settings.FILES_DIR}
    settings.STORAGES = {**settings.STORAGES, "default": {**stored, "OPTIONS": options}}
    return settings.FILES_DIR


@pytest.fixture
def client() -> Client:
    return entered(AMAL)


@pytest.fixture
def amal(client):
    return factories.User.objects.of_address(AMAL)


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def draft(call, amal) -> Application:
    return cases.draft(call, amal)


def stored_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def page(application: Application, name: str = "attachments", *more) -> str:
    return reverse(f"projects:{name}", args=[application.uuid, *more])


def send(client: Client, application: Application, *files):
    """Send files by the form, and look at the page that comes in the end."""
    return client.post(page(application), {"files": files}, follow=True)


def add(application: Application, by, *names: str, now=NOW) -> list[Attachment]:
    """Attach small PDFs, each with its name as content."""
    sent = [upload(name, pdf_bytes(name)) for name in names]
    added = attachments.add(application, sent, by=by, now=now)
    assert added.refused == []
    return added.kept


# Adding -----------------------------------------------------------------------------------------


def test_of_several_files_the_good_ones_are_kept_and_the_others_told_why(client, draft, folder):
    answer = send(
        client,
        draft,
        upload("Satzung.pdf", pdf_bytes()),
        upload("brief.pdf", b"<html><script>alert(1)</script></html>"),
        upload("leer.jpg", b""),
        upload("Foto.jpg", picture_bytes()),
    )

    assert answer.status_code == 422
    assert "<title>Error: Attachments" in answer.text or "<title>Fehler: " in answer.text
    for name in ("Satzung.pdf", "Foto.jpg"):
        assert f"<bdi>{name}</bdi></a>" in answer.text
    for name in ("brief.pdf", "leer.jpg"):
        assert f"“{name}”" in answer.text or f"„{name}“" in answer.text
        assert f"<bdi>{name}</bdi></a>" not in answer.text
    assert [row.name for row in draft.attachments.all()] == ["Satzung.pdf", "Foto.jpg"]
    assert len(stored_in(folder)) == 2


def test_files_that_are_all_good_lead_back_to_the_page(client, draft, amal):
    answer = send(
        client, draft, upload("a.pdf", pdf_bytes()), upload("b.png", picture_bytes("PNG"))
    )

    assert answer.redirect_chain == [(page(draft), 302)]
    assert answer.text.count("<bdi>a.pdf</bdi></a>") == 1
    row = draft.attachments.get(name="a.pdf")
    assert (row.content_type, row.size) == ("application/pdf", len(pdf_bytes()))
    assert (row.added_by, row.scan) == (amal, Attachment.Scan.NOT_SCANNED)


def test_without_a_file_the_page_says_so(client, draft):
    answer = send(client, draft)

    assert answer.status_code == 422
    assert 'href="#id_files"' in answer.text


def test_position_tricks_in_the_name_and_paths_are_gone(client, draft):
    from tests.portal.test_uploads import exif

    sent = picture_bytes(exif=exif())
    send(client, draft, upload("..\\C:\\fotos\\urlaub\u202egpj.jpg", sent))

    row = draft.attachments.get()
    assert row.name == "urlaubgpj.jpg"
    with row.file.open() as content:
        assert b"CANARY" not in content.read()


def test_the_same_content_is_kept_once(client, draft, folder):
    send(client, draft, upload("a.pdf", pdf_bytes()))

    answer = send(client, draft, upload("b.pdf", pdf_bytes()))

    assert answer.status_code == 422
    assert "b.pdf" in answer.text
    assert [row.name for row in draft.attachments.all()] == ["a.pdf"]
    assert len(stored_in(folder)) == 1


def test_fifty_one_megabytes_in_one_form_are_kept_up_to_fifty(client, draft, folder):
    files = [
        upload(f"{number}.pdf", pdf_bytes(str(number)) + b"\n" * (int(8.6 * MB)) + b"%%EOF")
        for number in range(6)
    ]

    answer = send(client, draft, *files)

    assert answer.status_code == 422
    assert "5.pdf" in answer.text
    assert draft.attachments.count() == 5
    assert len(stored_in(folder)) == 5


def test_an_application_has_up_to_thirty_files(draft, amal):
    add(draft, amal, *(f"{number}.pdf" for number in range(MAX_FILES)))

    added = attachments.add(draft, [upload("x.pdf", pdf_bytes("x"))], by=amal, now=NOW)

    assert not added.kept
    assert "x.pdf" in added.refused[0]
    assert draft.attachments.count() == MAX_FILES


def test_too_many_uploads_in_an_hour_have_to_wait(client, draft, monkeypatch):
    monkeypatch.setattr("projects.views.files.UPLOADS_AN_HOUR", 1)
    send(client, draft, upload("a.pdf", pdf_bytes()))

    assert send(client, draft, upload("b.pdf", pdf_bytes("b"))).status_code == 429


def test_papers_that_were_promised_are_named(client, call, amal):
    content = cases.typed(
        vorhaben={"applicant_type": ["association"]},
        antragstellende={"statutes": ["attached"], "register": ["known"]},
    )
    draft = cases.draft(call, amal, content)

    answer = client.get(page(draft))

    promised = answer.text.split("<strong>")[1:]
    assert len(promised) == 1


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "options", "patch"])
def test_somebody_else_finds_nothing_by_any_method(draft, amal, folder, method):
    (attachment,) = add(draft, amal, "CANARY.pdf")
    stranger = entered("bert@example.org")

    for name, more in (
        ("attachments", []),
        ("attachment", [attachment.uuid]),
        ("attachment_remove", [attachment.uuid]),
    ):
        answer = getattr(stranger, method)(page(draft, name, *more))
        assert answer.status_code == (404 if method in ("get", "head", "post") else 405)
        assert "CANARY" not in answer.text
    own = cases.draft(draft.call, factories.User.objects.of_address("bert@example.org"))
    assert stranger.get(page(own, "attachment", attachment.uuid)).status_code == 404
    assert stranger.post(page(own, "attachment_remove", attachment.uuid)).status_code == 404
    assert draft.attachments.count() == len(stored_in(folder)) == 1


def test_visitors_and_staff_are_sent_to_the_log_in(place, draft, amal):
    (attachment,) = add(draft, amal, "a.pdf")
    staff = Client()
    staff.force_login(funding.staff(place.agency), backend="portal.auth.StaffBackend")

    for somebody in (Client(), staff):
        for name, more in (("attachments", []), ("attachment", [attachment.uuid])):
            answer = somebody.get(page(draft, name, *more))
            assert (answer.status_code, "/anmelden/" in answer["Location"]) == (302, True)


def test_a_file_comes_to_be_saved_and_runs_nothing(client, draft, amal):
    (attachment,) = add(draft, amal, "Müller.pdf")

    answer = client.get(page(draft, "attachment", attachment.uuid))

    assert b"".join(answer.streaming_content) == pdf_bytes("Müller.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''M%C3%BCller.pdf"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_caseworkers_add_files_to_what_came_on_paper_only(place, draft, call):
    caseworker = funding.staff(place.agency, Role.CASEWORKER)
    coordinator = funding.staff(place.agency, Role.COORDINATOR)
    paper = funding.draft(call, channel="paper")

    assert add(paper, caseworker, "a.pdf")
    for application, by in ((draft, caseworker), (paper, coordinator), (draft, factories.user())):
        with pytest.raises(ClosedError):
            add(application, by, "b.pdf")


# After sending ----------------------------------------------------------------------------------


def ask_for_changes(application: Application, by, *sections: str) -> Application:
    workflow.take(application, by=by, now=NOW)
    workflow.request_changes(
        application,
        sections=sections,
        text="Bitte ergänzen.",
        due_on=cases.ON + dt.timedelta(days=20),
        by=by,
        now=NOW,
        on=cases.ON,
    )
    return Application.objects.get(pk=application.pk)


def test_what_was_sent_is_open_for_files_only_when_they_are_asked_for(place, client, draft, amal):
    caseworker = funding.staff(place.agency, Role.CASEWORKER)
    (sent,) = add(draft, amal, "a.pdf")
    workflow.submit(draft, key=uuid.uuid4(), **cases.moment(amal))

    def is_closed() -> bool:
        with pytest.raises(ClosedError):
            attachments.remove(draft, sent, by=amal, now=NOW)
        answer = send(client, draft, upload("b.pdf", pdf_bytes("b")))
        return answer.redirect_chain == [(draft.get_absolute_url(), 302)]

    draft.refresh_from_db()
    assert is_closed()
    asked = ask_for_changes(draft, caseworker, "inhalt")
    assert is_closed()
    asked.change_requests.update(sections=["anlagen"])
    assert send(client, asked, upload("b.pdf", pdf_bytes("b"))).status_code == 200
    assert [row.name for row in draft.attachments.all()] == ["a.pdf", "b.pdf"]


def test_a_file_that_was_sent_stays_with_what_was_sent(place, client, draft, amal):
    caseworker = funding.staff(place.agency, Role.CASEWORKER)
    (sent,) = add(draft, amal, "a.pdf")
    workflow.submit(draft, key=uuid.uuid4(), **cases.moment(amal))
    draft.refresh_from_db()
    asked = ask_for_changes(draft, caseworker, "anlagen")

    client.post(page(asked, "attachment_remove", sent.uuid))

    sent.refresh_from_db()
    assert sent.removed_at
    assert default_storage.exists(sent.file.name)
    assert not attachments.present(draft).exists()
    answer = client.get(page(asked, "attachment", sent.uuid))
    assert b"".join(answer.streaming_content) == pdf_bytes("a.pdf")
    assert add(asked, amal, "a.pdf")  # the same again is no duplicate


def test_removing_asks_once_and_takes_the_file_with_it(
    client, draft, amal, folder, django_capture_on_commit_callbacks
):
    first, second = add(draft, amal, "a.pdf", "b.pdf")

    asked = client.get(page(draft, "attachment_remove", first.uuid))
    assert "<bdi>a.pdf</bdi>" in asked.text
    assert draft.attachments.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page(draft, "attachment_remove", first.uuid), follow=True)

    assert answer.redirect_chain == [(page(draft), 302)]
    assert [row.name for row in draft.attachments.all()] == ["b.pdf"]
    assert stored_in(folder) == [folder / second.file.name]
    assert client.post(page(draft, "attachment_remove", first.uuid)).status_code == 404


# The virus scanner and the jobs -------------------------------------------------------------------


def test_a_file_that_the_scanner_objects_to_is_not_kept(settings, draft, amal, folder, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "clamd.ctl")
    with scanner(settings.CLAMD_SOCKET):
        added = attachments.add(draft, [upload("a.pdf", pdf_bytes("VIRUS"))], by=amal, now=NOW)

    assert not added.kept
    assert "a.pdf" in added.refused[0]
    assert stored_in(folder) == []


def test_what_came_unscanned_is_scanned_later_and_locked_away(
    settings, client, draft, amal, tmp_path
):
    attachments.add(draft, [upload("a.pdf", pdf_bytes("VIRUS"))], by=amal, now=NOW)
    assert attachments.scan_again(NOW) == ""  # there is no scanner
    settings.CLAMD_SOCKET = str(tmp_path / "clamd.ctl")
    assert attachments.scan_again(NOW) == ""  # it is away

    with scanner(settings.CLAMD_SOCKET):
        assert attachments.scan_again(NOW) == "1 files scanned, 1 locked away"

    row = draft.attachments.get()
    assert row.scan == virus_scan.Verdict.QUARANTINED
    assert client.get(page(draft, "attachment", row.uuid)).status_code == 404
    shown = client.get(page(draft)).text
    assert "<bdi>a.pdf</bdi> <strong>" in shown
    assert page(draft, "attachment", row.uuid) + '"' not in shown
    assert attachments.scan_again(NOW) == ""


def test_files_of_a_deleted_draft_are_swept_a_day_later(draft, amal, folder, call):
    other = cases.draft(call, factories.user())
    (kept,) = add(other, other.contributors.get().user, "a.pdf")
    add(draft, amal, "b.pdf")
    drafts.delete(draft, by=amal)
    for path in stored_in(folder):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    assert attachments.sweep(NOW + dt.timedelta(hours=23)) == ""
    assert attachments.sweep(NOW + dt.timedelta(hours=25)) == "1 files deleted"
    assert stored_in(folder) == [folder / kept.file.name]


def test_a_file_that_is_gone_is_not_found(client, draft, amal):
    (attachment,) = add(draft, amal, "a.pdf")
    default_storage.delete(attachment.file.name)

    assert client.get(page(draft, "attachment", attachment.uuid)).status_code == 404


# Several at once, and connections that break -----------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_by_four_tabs_at_once_is_kept_once(draft, amal, folder):
    def send_once(_tab: int) -> int:
        try:
            sent = [upload("a.pdf", pdf_bytes())]
            return len(attachments.add(draft, sent, by=amal, now=NOW).kept)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as tabs:
        assert sum(tabs.map(send_once, range(4))) == 1
    assert draft.attachments.count() == len(stored_in(folder)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_midway_leaves_nothing_behind(
    live_server, settings, client, draft, folder, tmp_path
):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "temporary")
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir()
    client.get(page(draft))
    token = client.cookies["csrf"].value
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    body = (
        f'--xx\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        '--xx\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    head = (
        f"POST {page(draft)} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: {9 * MB}\r\n\r\n"
    )
    where = urlsplit(live_server.url)

    with socket.create_connection((where.hostname, where.port)) as cut:
        cut.sendall(head.encode() + body + pdf_bytes() + b"\n" * (4 * MB))
        cut.shutdown(socket.SHUT_WR)
        cut.settimeout(20)
        while cut.recv(65536):
            pass

    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []
    assert stored_in(folder) == []
    assert not draft.attachments.exists()
    assert client.get(page(draft)).status_code == 200


# In the browser -----------------------------------------------------------------------------------


@pytest.fixture
def signed_in(browser, live_server, client):
    """Opens pages of the applicant's own, 360 pixels wide."""
    opened = []

    def open_page(address: str, **options):
        context = browser.new_context(viewport={"width": 360, "height": 740}, **options)
        cookies = [{"name": "session", "value": client.cookies["session"].value}]
        context.add_cookies([cookie | {"url": live_server.url} for cookie in cookies])
        opened.append(context)
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in opened:
        context.close()


def picked(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "", "buffer": content}


DROP = """(form) => {
  const files = new DataTransfer();
  const type = "application/pdf";
  files.items.add(new File([atob(form.dataset.test)], "gezogen.pdf", { type }));
  form.dispatchEvent(new DragEvent("drop", { dataTransfer: files, cancelable: true }));
}"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_files_are_sent_as_soon_as_they_are_chosen_or_dropped(signed_in, draft):
    opened = signed_in(page(draft))

    opened.set_input_files(
        "#id_files",
        [
            picked("leer.pdf", b""),
            picked("Satzung.pdf", pdf_bytes()),
            picked("brief.pdf", b"<html>"),
            picked("Foto.png", picture_bytes("PNG")),
        ],
    )
    opened.locator(".files li").nth(1).wait_for()

    assert opened.locator(".files bdi").all_inner_texts()[::2] == ["Satzung.pdf", "Foto.png"]
    reasons = opened.locator(".summary li").all_inner_texts()
    assert ["leer.pdf" in reasons[0], "brief.pdf" in reasons[1], len(reasons)] == [True, True, 2]
    assert opened.evaluate("document.activeElement.className") == "summary"
    opened.evaluate(
        "text => document.querySelector('[data-upload]').dataset.test = text",
        base64.b64encode(pdf_bytes("drop")).decode(),
    )
    opened.locator("[data-upload]").evaluate(DROP)
    opened.locator(".files li").nth(2).wait_for()
    assert opened.locator(".summary").count() == 0
    assert opened.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_files_are_sent_and_removed_without_javascript(signed_in, draft):
    opened = signed_in(page(draft), java_script_enabled=False)

    files = [picked("a.pdf", pdf_bytes()), picked("b.pdf", b"x")]
    opened.set_input_files("#id_files", files)
    opened.locator("form.upload button").press("Enter")
    opened.locator(".summary").wait_for()
    assert opened.locator(".files li").count() == 1
    opened.locator(".file-remove").click()
    opened.locator("main button").click()

    assert opened.locator(".files li").count() == 0
    assert "a.pdf" in opened.locator("main .notice").inner_text()
