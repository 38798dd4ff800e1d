"""Papers of a group: for its members and the keepers of its agency, and for nobody else."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from contacts.models import GroupMember, GroupPaper
from contacts.network import papers
from portal.models import OutboxMessage
from tests.contacts.groups import (
    CONVENOR,
    DAY,
    FORMER,
    MEMBER,
    NOW,
    OTHER,
    TODAY,
    by_code,
    client_of,
    everybody,
    meeting,
    network,
)
from tests.portal.entering import entered
from tests.portal.test_files import scanner
from tests.portal.uploading import pdf_bytes, picture_bytes, upload
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
MINUTES = "Protokoll Müller.pdf"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """An empty folder for the files of this test."""
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": {**stored, "OPTIONS": options}}
    return tmp_path / "files"


@pytest.fixture
def net():
    with time_machine.travel(NOW, tick=False):
        yield network()


def page(name: str, *args: object) -> str:
    with override("en"):
        return reverse(f"contacts:{name}", args=args)


def paper(group, **fields) -> GroupPaper:
    fields = {"kind": "minutes", "title": "Protokoll", "meeting": None, "now": NOW, **fields}
    file = fields.pop("file", None) or upload(MINUTES, pdf_bytes("Secret"))
    return papers.add(group, file, by=fields.pop("by", by_code(CONVENOR)), **fields)


def form(**typed) -> dict:
    file = upload(MINUTES, pdf_bytes("Secret"))
    return {"key": str(uuid.uuid4()), "kind": "minutes", "title": "Januar", "file": file, **typed}


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# Who reads it -------------------------------------------------------------------------------------


def test_members_of_today_and_keepers_read_a_paper_and_nobody_else(net):
    stored = paper(net.group)
    address, wrong = page("group_paper", stored.uuid), []
    for who, user, sees, may in everybody(net):
        if GroupPaper.objects.visible_to(user).filter(pk=stored.pk).exists() != sees:
            wrong.append(who)
        is_in = user.is_authenticated and user.is_active
        client = client_of(user) if is_in else Client()
        answer = client.get(address)
        content = answer.getvalue()
        if answer.status_code != (200 if sees else 404 if is_in else 302):
            wrong.append((who, answer.status_code))
        if (b"Secret" in content) != sees:
            wrong.append((who, "reads it"))
        remove = client.get(page("group_paper_remove", stored.uuid)).status_code
        if remove != (200 if may else 404 if is_in else 302):
            wrong.append((who, "removes it"))
    assert wrong == []


def test_a_paper_is_saved_and_never_shown_as_a_page(net):
    stored = paper(net.group)

    answer = entered(MEMBER).get(page("group_paper", stored.uuid))

    answer.getvalue()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Protokoll%20M%C3%BCller.pdf" in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "no-store"


def test_no_paper_is_reached_by_guessing(net, folder):
    stored = paper(net.group)
    (file,) = files_in(folder)
    assert "Protokoll" not in str(file)
    guesses = [stored.file.name, f"files/{stored.file.name}", f"media/{stored.file.name}"]
    guesses += [f"static/{stored.file.name}", f"de/dokumente/{file.name}.pdf"]
    guesses += [f"de/netzwerk/papiere/{stored.pk}.pdf", f"de/netzwerk/papiere/{file.name}.pdf"]
    for client in (Client(), entered("fremd@example.org"), entered(OTHER)):
        for guess in guesses:
            assert client.get(f"/{guess}").status_code in (301, 302, 404), guess
            assert b"Secret" not in client.get(f"/{guess}", follow=True).getvalue()
        assert b"Secret" not in client.get(page("group_paper", uuid.uuid4())).getvalue()


def test_whoever_is_logged_out_comes_back_to_the_paper_after_the_code(net):
    stored = paper(net.group)

    answer = Client().get(page("group_paper", stored.uuid))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/anmelden/?weiter=")
    assert str(stored.uuid) in answer["Location"]


def test_a_member_who_has_left_reads_nothing_any_more(net):
    stored = paper(net.group)
    client = entered(MEMBER)
    assert b"Secret" in client.get(page("group_paper", stored.uuid)).getvalue()

    GroupMember.objects.filter(email=MEMBER).update(valid_until=TODAY - DAY)

    assert client.get(page("group_paper", stored.uuid)).status_code == 404


# Adding and removing ------------------------------------------------------------------------------


def test_a_convenor_uploads_minutes_and_the_members_find_them(net, folder):
    convenor = entered(CONVENOR)
    arranged = meeting(net.group, by=by_code(CONVENOR))
    opened = convenor.get(page("group_paper_add", net.group.slug) + f"?treffen={arranged.uuid}")
    assert f'<option value="{arranged.pk}" selected>' in opened.text
    typed = form(meeting=arranged.pk)
    mails = OutboxMessage.objects.count()

    shown = convenor.post(page("group_paper_add", net.group.slug), typed, follow=True)

    assert "The paper is there for the members" in seen_in(shown)
    stored = GroupPaper.objects.get()
    assert (stored.pages, stored.name, stored.meeting) == (1, MINUTES, arranged)
    assert stored.size_bytes == len(pdf_bytes("Secret"))
    assert OutboxMessage.objects.count() == mails
    for name, arg in (("own_group", net.group.slug), ("meeting", arranged.uuid)):
        read = entered(MEMBER).get(page(name, arg))
        assert "Januar" in seen_in(read)
        assert page("group_paper", stored.uuid) in read.text
        assert "Remove" not in seen_in(read)

    typed["file"] = upload(MINUTES, pdf_bytes("Secret"))
    convenor.post(page("group_paper_add", net.group.slug), typed)

    assert (GroupPaper.objects.count(), len(files_in(folder))) == (1, 1)


def test_what_is_no_sound_pdf_is_refused_and_what_was_typed_stays(net, folder):
    convenor = entered(CONVENOR)
    foreign = meeting(net.other, by=by_code(OTHER))
    wrong = [
        ({"file": upload("bild.jpg", picture_bytes())}, "is no PDF"),
        ({"file": upload("x.pdf", b"%PDF-1.7 broken %%EOF")}, "cannot be read"),
        ({"file": upload("x.pdf", b"")}, "empty"),
        ({"file": ""}, "Choose a file"),
        ({"title": "\u2800"}, "Enter the title"),
        ({"kind": "x"}, "Select a valid choice"),
        ({"meeting": foreign.pk}, "Select a valid choice"),
        ({"meeting": "x\0"}, "Null characters"),
        ({"meeting": "9" * 30}, "Select a valid choice"),
        ({"key": ""}, "Please open the form once more"),
    ]
    for typed, said in wrong:
        answer = convenor.post(page("group_paper_add", net.group.slug), form(**typed))
        assert answer.status_code == 422, typed
        assert said in seen_in(answer), typed
        assert "Januar" in answer.text or "title" in typed
        assert "<title>Error:" in answer.text
    assert not GroupPaper.objects.exists()
    assert files_in(folder) == []


def test_the_virus_scanner_looks_at_papers_as_well(net, folder, settings, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "clamd")
    typed = form(file=upload("x.pdf", pdf_bytes("VIRUS")))

    with scanner(settings.CLAMD_SOCKET):
        answer = entered(CONVENOR).post(page("group_paper_add", net.group.slug), typed)

    assert "refused by the virus scanner" in seen_in(answer)
    assert files_in(folder) == []


def test_the_verbs_refuse_whoever_may_not_convene_and_leave_no_file(net, folder):
    stored = paper(net.group)
    for who in (MEMBER, FORMER, OTHER):
        with pytest.raises(PermissionDenied):
            paper(net.group, by=by_code(who))
        with pytest.raises(PermissionDenied):
            papers.remove(stored, by=by_code(who), now=NOW)
    with pytest.raises(ValidationError, match="not one of this group"):
        paper(net.group, meeting=meeting(net.other, by=by_code(OTHER)))
    with pytest.raises(ValidationError, match="once more"):
        paper(net.other, by=by_code(OTHER), key=stored.uuid)

    assert (GroupPaper.objects.count(), len(files_in(folder))) == (1, 1)


def test_a_removed_paper_is_gone_with_its_file(net, folder, django_capture_on_commit_callbacks):
    stored = paper(net.group)
    convenor, address = entered(CONVENOR), page("group_paper_remove", stored.uuid)
    assert "It cannot be brought back" in seen_in(convenor.get(address))

    with django_capture_on_commit_callbacks(execute=True):
        shown = convenor.post(address, follow=True)

    assert "The paper is removed" in seen_in(shown)
    assert entered(MEMBER).get(page("group_paper", stored.uuid)).status_code == 404
    assert files_in(folder) == []
    assert convenor.post(address).status_code == 404


def test_files_that_nothing_needs_are_swept_at_night(net, folder):
    kept, gone = paper(net.group), paper(net.group)
    GroupPaper.objects.filter(pk=gone.pk).delete()
    assert papers.sweep(NOW) == ""

    later = dt.datetime.now(dt.UTC) + 2 * papers.SWEPT_AFTER
    with time_machine.travel(later, tick=False):
        assert papers.sweep(later) == "1 files deleted"

    assert default_storage.exists(kept.file.name)
    assert len(files_in(folder)) == 1
