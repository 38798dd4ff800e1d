"""What has become of an application, in the copy: letters, grant, money, changes, proof of use.

Whoever is on the staff is not named.
"""

from collections.abc import Iterator
from io import BytesIO

from django.db.models import QuerySet

from portal.models import User
from portal.privacy import File
from projects import iban, letters, money, proof_papers
from projects.models import Application, Grant, Letter, Payout, ProofVersion
from projects.personal_data.typed import pairs_of
from projects.plan_words import name_of
from projects.sections.reading import answers_of
from projects.standing import proof_until


def own(application: Application) -> dict:
    """Everything that the office has on it, for the one who began it."""
    found: dict = {
        "letters": [_letter(row) for row in _letters(application)],
        "objections": _objections(application.objections.all()),
        "hearings": [
            {"what": row.get_about_display(), "until": row.answer_until, "answer": row.answer}
            for row in application.hearings.all()
        ],
    }
    grant = getattr(application, "grant", None)
    if grant is not None:
        found["grant"] = _grant(grant)
    return {name: value for name, value in found.items() if value}


def together(application: Application, user: User) -> dict:
    """The own part of somebody who writes along at it."""
    found: dict = {"objections": _objections(application.objections.filter(filed_by=user))}
    grant = getattr(application, "grant", None)
    if grant is not None:
        found["payouts"] = _payouts(grant.payouts.filter(requested_by=user))
        found["changes"] = _changes(grant.amendments.filter(requested_by=user))
    return {name: value for name, value in found.items() if value}


def files(application: Application) -> Iterator[File]:
    """The letters and the proofs of use as documents, opened one at a time."""
    for row in _letters(application):
        name = f"{application.reference} {letters.title_of(row.kind)} {row.number}.pdf"
        yield File(name, _document(Letter.objects.filter(pk=row.pk)))
    versions = ProofVersion.objects.filter(grant__application=application).order_by("number")
    for number, pk in versions.values_list("number", "pk"):
        name = f"{application.reference} proof {number}.pdf"
        yield File(name, _document(ProofVersion.objects.filter(pk=pk)))


def _document(rows: QuerySet):
    return lambda: BytesIO(rows.values_list("pdf", flat=True).get())


# Letters ------------------------------------------------------------------------------------------


def _letters(application: Application) -> QuerySet[Letter]:
    rows = application.letters.defer("pdf", "content").prefetch_related("deliveries")
    return rows.order_by("number")


def _letter(row: Letter) -> dict:
    found = {"what": letters.title_of(row.kind), "when": row.dated, "sha256": row.pdf_digest}
    for delivery in row.deliveries.all():
        if delivery.fetched_at:
            found["fetched"] = delivery.fetched_at
        elif delivery.way == delivery.Way.POST and delivery.sent_on:
            found["posted"] = delivery.sent_on
        if delivery.objection_until:
            found["objection_until"] = delivery.objection_until
    return found


def _objections(rows: QuerySet) -> list[dict]:
    return [
        {
            "when": row.received_on,
            "state": row.get_state_display(),
            "text": row.text,
            "reason": row.reason,
        }
        for row in rows
    ]


# The grant ----------------------------------------------------------------------------------------


def _grant(grant: Grant) -> dict:
    claim = getattr(grant, "claim", None)
    found = {
        "state": grant.get_state_display(),
        "amount": money.shown(grant.award_cents),
        "from_day": grant.starts_on,
        "to_day": grant.ends_on,
        "final": grant.final_on,
        "waived": grant.waived_at,
        "proof_until": proof_until(grant),
        "plan": [
            {
                "what": name_of(line),
                "applied": money.shown(line.applied_cents),
                "approved": money.shown(line.approved_cents),
                "reason": line.note,
            }
            for line in grant.lines.all()
        ],
        "payouts": _payouts(grant.payouts.all()),
        "changes": _changes(grant.amendments.all()),
        "extensions": [
            {"what": row.get_what_display(), "until": row.until, "reason": row.reason}
            for row in grant.extensions.all()
        ],
        "proof": _proof(grant),
        "checks": [
            {
                "when": row.checked_at,
                "recognised": money.shown(row.recognised_cents),
                "needed": money.shown(row.need_cents),
                "reason": row.reason,
            }
            for row in grant.settlements.filter(sent_back_at=None)
        ],
    }
    if claim is not None and claim.ordered_at:
        found["repayment"] = {
            "amount": money.shown(claim.amount_cents),
            "reason": claim.reason,
            "until": claim.due_on,
            "paid": claim.paid_on,
        }
    return found


def _payouts(rows: QuerySet[Payout]) -> list[dict]:
    return [
        {
            "number": row.number,
            "amount": money.shown(row.amount_cents),
            "purpose": row.get_mode_display(),
            "state": row.get_state_display(),
            "when": row.requested_at,
            "holder": row.holder,
            "iban": iban.shown(row.iban),
            "reason": " ".join(filter(None, [row.holder_reason, row.reason])),
            "confirmed": row.confirmed_at,
            "paid": row.paid_on,
        }
        for row in rows
    ]


def _changes(rows: QuerySet) -> list[dict]:
    return [
        {
            "when": row.requested_at,
            "state": row.get_state_display(),
            "reason": row.reason,
            "from_day": row.starts_on,
            "to_day": row.ends_on,
            "amount": "" if row.award_cents is None else money.shown(row.award_cents),
            "decision": row.decision_reason,
        }
        for row in rows
    ]


def _proof(grant: Grant) -> dict:
    """The report as it was typed, and the receipts."""
    proof = getattr(grant, "proof", None)
    found: dict = {}
    if proof is not None:
        report = proof_papers.report_of(proof)
        fields = report.section.form_class.base_fields
        found = {
            "saved": proof.saved_at,
            "sent": proof.submitted_at,
            "answers": list(pairs_of(answers_of(report).answers, proof.answers, fields)),
            "requests": proof.query,
        }
    receipts = [
        {
            "when": row.paid_on,
            "payee": row.payee,
            "purpose": row.purpose,
            "amount": money.shown(row.amount_cents),
        }
        for row in grant.receipts.all()
    ]
    return found | ({"receipts": receipts} if receipts else {})
