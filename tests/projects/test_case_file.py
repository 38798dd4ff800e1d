"""The whole case as one PDF, and as a bundle for the electronic files of an office."""

import hashlib
import io
import json
import uuid
import zipfile

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from contacts.roles import Role
from projects import attachments, workflow
from projects.models import Application
from projects.workflow import proving, talking
from tests.portal import uploading
from tests.projects import cases, grants
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(place):
    """A grant with a payout, a message, a note and a file that was sent along."""
    with time_machine.travel(cases.NOW, tick=False):
        found = grants.final_in(place.agency)
        found.bring(found.ask(), "paid")
        talking.send_message(found.case, "Wann kommt das Geld?", by=found.amal, now=cases.NOW)
        workflow.write_note(found.case, "Ruft oft an.", by=found.anna, now=cases.NOW)
        paper = cases.drafts.begin(
            found.case.call, {"title": ["Fest"]}, channel="paper", **cases.moment(found.anna)
        )
        pdf = uploading.upload("Satzung.pdf", uploading.pdf_bytes())
        attachments.add(paper, [pdf], by=found.anna, now=cases.NOW)
        paper.attachments.update(application=found.case, name="../../Satzung.pdf")
        yield found


def get(client: Client, case: Application, name: str) -> bytes:
    answer = client.get(f"/verwaltung/projects/application/{case.pk}/{name}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{case.reference}')
    assert answer.streaming
    return b"".join(answer.streaming_content)


def office(place) -> Client:
    client = Client()
    user = funding.staff(place.agency, Role.AUDITOR)
    client.force_login(user, backend="portal.auth.StaffBackend")
    return client


def test_one_pdf_holds_summary_and_documents(place, found):
    case = found.case
    reader = PdfReader(io.BytesIO(get(office(place), case, "case-file")))

    stored = [bytes(case.versions.get().pdf), bytes(case.letters.get().pdf)]
    pages = sum(len(PdfReader(io.BytesIO(pdf)).pages) for pdf in stored)
    assert len(reader.pages) > pages
    assert len(reader.outline) == 3
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (case.reference, "Wann kommt das Geld?", "Ruft oft an.", "100,00", "Sprachcafé"):
        assert words in text


def test_the_bundle_holds_what_is_stored_byte_by_byte_with_check_sums(place, found):
    case = found.case
    archive = zipfile.ZipFile(io.BytesIO(get(office(place), case, "bundle")))

    names = set(archive.namelist())
    assert {"application-1.pdf", "letter-1-grant.pdf", "case.json"} < names
    assert "attachments/001-Satzung.pdf" in names
    assert archive.read("application-1.pdf") == bytes(case.versions.get().pdf)
    lines = archive.read("checksums.sha256").decode().splitlines()
    assert len(lines) == len(names) - 1
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    content = json.loads(archive.read("case.json"))
    assert [event["digest"] for event in content["events"]] == list(
        case.events.order_by("number").values_list("digest", flat=True)
    )
    assert content["messages"][0]["text"] == "Wann kommt das Geld?"
    assert content["grant"]["payouts"][0]["amount_cents"] == 10_000
    assert grants.IBAN not in json.dumps(content)


def test_receipts_are_in_the_bundle_once_they_were_sent(place, found):
    moment = {"by": found.amal, "now": cases.NOW}
    photo = uploading.upload("Bon.jpg", uploading.picture_bytes())
    file = proving.add_file(found.case, photo, **moment)
    line = found.grant.lines.filter(side="costs").first()
    facts = proving.ReceiptFacts(line, cases.ON, "Wolf", "Kaffee", 500, file=file)
    proving.add_receipt(found.case, facts, **moment)

    unsent = get(office(place), found.case, "bundle")

    with zipfile.ZipFile(io.BytesIO(unsent)) as archive:
        assert not [name for name in archive.namelist() if "Bon" in name]
        content = json.loads(archive.read("case.json"))
    assert content["grant"]["receipts"] == []
    assert "Bon.jpg" not in [row["name"] for row in content["attachments"]]
    grant = found.grant
    grant.proof_versions.create(
        number=1,
        submission_key=uuid.uuid4(),
        content={},
        digest="",
        pdf=uploading.pdf_bytes(),
        pdf_digest="",
        submitted_at=cases.NOW,
        submitted_by=found.amal,
    )
    with zipfile.ZipFile(io.BytesIO(get(office(place), found.case, "bundle"))) as archive:
        assert [name for name in archive.namelist() if "Bon" in name]
