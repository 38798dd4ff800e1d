"""The proof of use as its recipient writes it: report, receipts, lists, the last look, the end."""

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest
from django.test import Client

from portal import clock
from projects.models import Attachment, Hearing, Proof, ProofVersion, Receipt
from projects.states import GrantState
from projects.workflow import proving, reclaiming, settling
from tests.portal import uploading
from tests.portal.entering import entered
from tests.projects import grants
from tests.projects.test_a_whole_grant import REPORT

pytestmark = pytest.mark.django_db
AMAL, CARLA = "amal@example.org", "carla@example.org"


@dataclass
class Page:
    """The proof of a grant that is paid; its project lies before today."""

    found: grants.Granted
    client: Client

    def url(self, rest: str = "") -> str:
        return f"/en/antrag/{self.found.case.uuid}/nachweis/{rest}"

    def get(self, rest: str = "") -> str:
        answer = self.client.get(self.url(rest))
        assert answer.status_code == 200, answer
        return answer.text

    def post(self, rest: str, data: dict):
        return self.client.post(self.url(rest), data)

    def line(self, position: int, side: str = "costs"):
        return self.found.grant.lines.get(side=side, position=position).pk

    def receipt(self, position: int = 1, side: str = "costs", **fields) -> dict:
        return {
            "line": self.line(position, side),
            "kind": "payment",
            "amount": "205,00",
            "paid_on": self.day.isoformat(),
            "payee": "Bäckerei Wolf",
            "purpose": "Kaffee",
        } | fields

    @property
    def day(self) -> dt.date:
        return self.found.grant.starts_on


@pytest.fixture
def page(place, settings, tmp_path) -> Page:
    found = grants.final_in(place.agency)
    found.bring(found.ask(45_000), "paid")
    # As if it had been some weeks ago: pages are shown today.
    on = clock.today()
    rows = type(found.grant).objects.filter(pk=found.grant.pk)
    rows.update(
        state=GrantState.PROOF_DUE,
        starts_on=on - dt.timedelta(days=20),
        ends_on=on - dt.timedelta(days=10),
        proof_due_on=on + dt.timedelta(days=40),
    )
    return Page(found, entered(AMAL))


def test_from_the_first_receipt_to_the_document(page):
    overview = page.get()
    assert "Send it until" in overview
    assert overview.count("not begun") == 2
    assert page.found.case.reference in overview

    saved = page.post("bericht/", {"revision": "0", **{k: v[0] for k, v in REPORT.items()}})
    assert saved.headers["Location"].endswith("/nachweis/belege/")
    photo = uploading.upload("Bon.jpg", uploading.picture_bytes())
    added = page.post("belege/neu/", page.receipt(photo=photo, more=""))
    assert added.headers["Location"].endswith("/belege/neu/")
    page.post("belege/neu/", page.receipt(2, amount="245"))
    page.post("belege/neu/", page.receipt(1, "income", amount="12,34", payee="Gäste"))
    said = page.get("belege/").replace("\xa0", " ")
    for words in ("€205.00", "€245.00", "€12.34", "Bäckerei Wolf", "See the file", "no file"):
        assert words in said
    file = Receipt.objects.get(number=1).file
    address = f"/en/antrag/{page.found.case.uuid}/anlagen/{file.uuid}/"
    picture = page.client.get(address)
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"

    check = page.get("pruefen/")
    assert "This is still missing" not in check
    assert "Bewohner" not in check
    assert "€450.00" in check
    key = uuid.uuid4()
    for _time in range(2):  # a second press of the button changes nothing
        sent = page.post("pruefen/", {"key": key})
        assert sent.headers["Location"].endswith("/nachweis/eingang/")
    assert "has arrived" in page.get("eingang/")
    version = ProofVersion.objects.get()
    document = page.client.get(page.url("nachweis-1.pdf"))
    assert b"".join(document.streaming_content) == bytes(version.pdf)
    assert "is with the office" in page.get()
    for closed in ("bericht/", "belege/", "belege/neu/", "teilnehmende/", "pruefen/"):
        assert page.client.get(page.url(closed)).status_code == 302
    assert page.post("belege/neu/", page.receipt()).status_code == 302
    assert page.post("bericht/", {"done": "x", "revision": "1"}).status_code == 302
    assert Receipt.objects.count() == 3


def test_what_is_wrong_with_a_receipt_is_said_and_its_photo_is_kept(page):
    photo = uploading.upload("Bon.jpg", uploading.picture_bytes())
    wrong = page.receipt(amount="1,234", payee="", photo=photo)

    answer = page.post("belege/neu/", wrong)

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    for words in ("Write 1234 or 1234,50", "Enter to whom it went", 'value="Kaffee"', "Bon.jpg"):
        assert words in answer.text
    kept = Attachment.objects.get(name="Bon.jpg")
    page.post("belege/neu/", page.receipt(kept=str(kept.uuid)))
    assert Receipt.objects.get().file == kept

    for change, said in (
        ({"photo": uploading.upload("a.jpg", b"no picture")}, "a.jpg"),
        ({"paid_on": (clock.today() + dt.timedelta(days=2)).isoformat()}, "still to come"),
        ({"line": "999999"}, "Choose a line of the plan"),
        ({"amount": "0"}, "Enter at least"),
        ({"purpose": "x\0y"}, "Null characters"),
        ({"payee": "x" * 10_000}, "at most 150"),
        ({"kept": "x"}, "Enter a valid UUID"),
    ):
        answer = page.post("belege/neu/", page.receipt() | change)
        assert answer.status_code == 422, change
        assert said in answer.text
    assert Receipt.objects.count() == 1


def test_a_receipt_is_changed_marked_when_it_is_there_twice_and_removed(page):
    scan = uploading.upload("Rechnung.pdf", uploading.pdf_bytes())
    page.post("belege/neu/", page.receipt(file=scan))
    page.post("belege/neu/", page.receipt(purpose="Kuchen"))
    assert page.get("belege/").count("Is it there twice?") == 1
    assert "looks like one before it" in page.get("pruefen/")

    form = page.get("belege/1/")
    assert 'value="205,00"' in form
    assert "Rechnung.pdf" in form
    file = Receipt.objects.get(number=1).file
    changed = page.receipt(2, amount="17,5", kind="refund", kept=str(file.uuid))
    page.post("belege/1/", changed)
    row = Receipt.objects.get(number=1)
    assert (row.amount_cents, row.kind, row.line.position) == (1_750, "refund", 2)
    assert row.file == file
    assert "−€17.50" in page.get("belege/")
    page.post("belege/1/", changed | {"without": "on"})
    assert Receipt.objects.get(number=1).file is None

    assert "Remove receipt 1?" in page.get("belege/1/entfernen/")
    page.post("belege/1/entfernen/", {})
    assert [row.number for row in Receipt.objects.all()] == [2]
    assert page.client.get(page.url("belege/1/")).status_code == 404


def test_two_who_write_the_report_lose_nothing(page):
    page.post("bericht/", {"done": "Zuerst da.", "revision": "0"})

    answer = page.post("bericht/", {"done": "Danach getippt.", "revision": "0"})

    assert answer.status_code == 409
    assert "Zuerst da." in answer.text
    assert "Danach getippt." in answer.text
    quiet = {"headers": {"accept": "application/json"}}
    late = page.client.post(page.url("bericht/"), {"done": "x", "revision": "0"}, **quiet)
    assert (late.status_code, late.json()) == (409, {"conflict": True})
    saved = page.client.post(page.url("bericht/"), {"done": "y", "revision": "1"}, **quiet)
    assert saved.json()["revision"] == 2
    wrong = page.post("bericht/", {"participants": "viele", "revision": "2"})
    assert wrong.status_code == 422
    assert "What you typed is saved" in wrong.text
    assert Proof.objects.get().answers["participants"] == ["viele"]


def test_what_is_missing_is_said_with_the_way_there(page):
    answer = page.client.get(page.url("pruefen/"))
    assert "/nachweis/bericht/?fehlt=1#id_done" in answer.text
    assert "Enter at least one receipt." in answer.text
    assert "Send the proof of use" not in answer.text
    refused = page.post("pruefen/", {"key": uuid.uuid4()})
    assert refused.status_code == 422
    assert page.post("pruefen/", {"key": "x"}).status_code == 409
    assert "Tell what you did." in page.get("bericht/?fehlt=1")


def test_a_list_of_participants_is_printed_scanned_and_erased(page):
    blank = page.client.get(page.url("leere-liste.pdf"))
    assert b"".join(blank.streaming_content)[:5] == b"%PDF-"
    assert page.post("teilnehmende/", {}).status_code == 422
    scan = {"file": uploading.upload("Liste.pdf", uploading.pdf_bytes("l"))}
    page.post("teilnehmende/", scan)
    [file] = Proof.objects.get().lists.all()
    again = {"file": uploading.upload("Liste2.pdf", uploading.pdf_bytes("l"))}
    assert "is there already" in page.post("teilnehmende/", again).text
    assert "Liste.pdf" in page.get("pruefen/")

    page.post(f"teilnehmende/{file.uuid}/entfernen/", {})

    assert not Attachment.objects.filter(pk=file.pk).exists()
    assert "No lists yet." in page.get("teilnehmende/")


@pytest.mark.usefixtures("in_english")
def test_a_question_the_result_the_hearing_and_what_is_to_be_paid_back(page, place):
    found = page.found
    case, anna, ben, now = found.case, found.anna, found.ben, clock.now()
    moment = {"by": found.amal, "now": now}
    proving.save_report(case, REPORT, revision=0, **moment)
    for position, cents in ((1, 20_500), (2, 24_500)):
        line = found.grant.lines.get(side="costs", position=position)
        facts = proving.ReceiptFacts(line, page.day, "Wolf", "Kaffee", cents)
        proving.add_receipt(case, facts, **moment)
    proving.submit(case, key=uuid.uuid4(), **moment)
    until = clock.today() + dt.timedelta(days=20)
    proving.query(case, "Wo ist der <b>Beleg</b>?", until=until, by=anna, now=now)
    asked = page.get()
    assert "Wo ist der &lt;b&gt;Beleg" in asked
    assert "Please answer until" in asked
    page.post("pruefen/", {"key": uuid.uuid4()})

    lines = {2: settling.Recognised(20_000, "Saal ohne Rechnung")}
    settling.check(case, lines, reason="Gekürzt.", by=anna, now=now)
    assert "Saal ohne Rechnung" not in page.get()  # nobody has confirmed it yet
    settling.confirm(case, by=ben, now=now)
    result = page.get()
    for words in ("€200.00 of €245.00", "Saal ohne Rechnung", "€45.00", "Gekürzt."):
        assert words in result

    found.case.rule_set.__class__.objects.update(repayment_account="DE02 1203 0000 0000 2020 51")
    about = {"about": Hearing.About.REPAYMENT, "reason": "Zu viel.", "answer_until": until}
    reclaiming.hear(found.case, **about, by=anna, now=now)
    hearing = f"/en/antrag/{case.uuid}/anhoerung/"
    assert hearing in page.get()
    assert hearing in page.client.get(f"/en/antrag/{case.uuid}/zuwendung/").text
    assert page.client.post(hearing, {"text": ""}).status_code == 422
    page.client.post(hearing, {"text": "Das stimmt."})
    assert Hearing.objects.get().answer == "Das stimmt."
    assert page.client.get(hearing).status_code == 302
    reclaiming.propose_claim(found.case, reason="Zu viel.", by=anna, now=now)
    assert "To be paid back" not in page.get()
    reclaiming.order_claim(found.case, due_on=until, by=ben, now=now)
    claim = page.get()
    for words in ("To be paid back", "€45.00", "DE02 1203 0000 0000 2020 51", case.reference):
        assert words in claim


def test_nobody_else_sees_or_writes_anything(page):
    stranger = entered(CARLA)
    for rest in ("", "bericht/", "belege/", "belege/neu/", "pruefen/", "leere-liste.pdf"):
        assert stranger.get(page.url(rest)).status_code == 404
        assert stranger.post(page.url(rest), page.receipt()).status_code in (404, 405)
    assert not Receipt.objects.exists()
