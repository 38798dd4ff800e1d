"""Grants whose proof of use is written, sent, checked and paid back, for `every_page`."""

import datetime as dt
import uuid

from contacts.models import Agency
from portal import clock
from projects.models import Call, Grant, Hearing
from projects.states import GrantState, PayoutState
from projects.workflow import proving, reclaiming, settling
from tests.portal import uploading
from tests.projects import grants
from tests.projects.every_grant_page import ASKED

REPORT = {
    "done": [ASKED * 2],
    "participants": ["31"],
    "with_migration": ["17"],
    "reached": [ASKED],
    "deviations": [ASKED],
    "used_as_granted": ["on"],
    "economical": ["on"],
    "agrees_with_books": ["on"],
}


def add(found, agency: Agency, call: Call, content: dict, now: dt.datetime) -> None:
    options = {"call": call, "content": content, "now": now}
    empty = _over(agency, **options)
    for name in ("proof", "proof_report", "receipts", "receipt_add", "participants", "proof_check"):
        found.add(f"{name} with nothing in it", name, empty.case)
    found.add("report with errors", "proof_report", empty.case, query="?fehlt=1")

    written = _over(agency, **options)
    _write(written, now)
    for name in ("proof", "proof_report", "receipts", "participants", "proof_check"):
        found.add(name, name, written.case)
    for name in ("receipt_change", "receipt_remove"):
        found.add(name, name, written.case, 1)

    until = clock.today(now) + dt.timedelta(days=20)
    heard = {"about": Hearing.About.REVOCATION, "reason": ASKED, "answer_until": until}
    reclaiming.hear(written.case, **heard, by=written.anna, now=now)
    found.add("hearing", "hearing", written.case)

    sent = _over(agency, **options)
    _write(sent, now)
    _send(sent, now)
    found.add("proof that was sent", "proof", sent.case)
    found.add("receipt of a proof", "proof_receipt", sent.case)
    for name in ("change", "proof_query", "proof_check"):
        found.add_office(f"proof that was sent: {name}", name, sent.case)
    proving.query(sent.case, ASKED, until=until, by=sent.anna, now=now)
    _send(sent, now)
    lines = {2: settling.Recognised(20_000, ASKED)}
    settling.check(sent.case, lines, reason=ASKED, by=sent.anna, now=now)
    for name in ("change", "proof_send_back"):
        found.add_office(f"cut proof: {name}", name, sent.case)

    _claimed(found, _over(agency, **options), now)


def _claimed(found, world: grants.Granted, now: dt.datetime) -> None:
    """Money was paid too much; the recipient is heard, and it is demanded back."""
    _write(world, now)
    _send(world, now)
    until = clock.today(now) + dt.timedelta(days=20)
    lines = {2: settling.Recognised(20_000, ASKED)}
    settling.check(world.case, lines, reason=ASKED, by=world.anna, now=now)
    settling.confirm(world.case, by=world.ben, now=now)
    found.add("checked proof", "proof", world.case)
    found.add_office("hear_repayment", "hear_repayment", world.case)
    heard = {"about": Hearing.About.REPAYMENT, "reason": ASKED, "answer_until": until}
    reclaiming.hear(world.case, **heard, by=world.anna, now=now)
    reclaiming.answer_hearing(world.case, ASKED, by=world.amal, now=now)
    found.add_office("claim", "claim", world.case)
    reclaiming.propose_claim(world.case, reason=ASKED, by=world.anna, now=now)
    for name in ("order_claim", "send_back_claim"):
        found.add_office(name, name, world.case)
    rules = world.case.rule_set
    type(rules).objects.filter(pk=rules.pk).update(repayment_account=f"DE02 1203\n{ASKED}"[:200])
    reclaiming.order_claim(world.case, due_on=until, by=world.ben, now=now)
    found.add("proof with a repayment", "proof", world.case)
    found.add_office("case with a repayment", "change", world.case)
    found.add_office("letter_posted", "letter_posted", world.case, 1)


def _over(agency: Agency, *, now: dt.datetime, **options) -> grants.Granted:
    """A grant that is paid, as if its project had ended ten days ago."""
    world = grants.final_in(agency, now=now, **options)
    world.bring(world.ask(45_000, now=now), PayoutState.PAID, now=now)
    on = clock.today(now)
    Grant.objects.filter(pk=world.grant.pk).update(
        state=GrantState.PROOF_DUE,
        starts_on=on - dt.timedelta(days=20),
        ends_on=on - dt.timedelta(days=10),
        proof_due_on=on + dt.timedelta(days=40),
    )
    return world


def _write(world: grants.Granted, now: dt.datetime) -> None:
    moment = {"by": world.amal, "now": now}
    proving.save_report(world.case, REPORT, revision=0, **moment)
    scan = uploading.upload(f"{ASKED.split()[-1]}.pdf", uploading.pdf_bytes())
    file = proving.add_file(world.case, scan, **moment)
    day = clock.today(now) - dt.timedelta(days=12)
    lines = {line.position: line for line in world.grant.lines.filter(side="costs")}
    for position, cents in ((1, 20_500), (2, 24_500), (1, 1_234)):
        purpose = ASKED.split()[-1][:150]
        facts = proving.ReceiptFacts(
            lines[position], day, "Wolf & Söhne", purpose, cents, file=file
        )
        proving.add_receipt(world.case, facts, **moment)
    refund = proving.ReceiptFacts(lines[1], day, "Wolf & Söhne", "Pfand", 1_234, "refund")
    proving.add_receipt(world.case, refund, **moment)
    again = proving.ReceiptFacts(lines[1], day, "Wolf & Söhne", "Pfand", 1_234)
    proving.add_receipt(world.case, again, **moment)
    refund = proving.ReceiptFacts(lines[1], day, "Wolf & Söhne", "Kiste", 1_234, "refund")
    proving.add_receipt(world.case, refund, **moment)
    listed = uploading.upload("Liste.pdf", uploading.pdf_bytes("list"))
    proving.add_list(world.case, listed, **moment)


def _send(world: grants.Granted, now: dt.datetime) -> None:
    proving.submit(world.case, key=uuid.uuid4(), by=world.amal, now=now)
