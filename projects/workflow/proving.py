"""The proof of use: written, sent, queried, sent again.

What is typed is kept as typed until it is sent. Receipts are rows. Both may be written from the day
on which the decision is final until the proof is sent, and again while the office has a question.
"""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, fields

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, attachments, events, mails, proof_papers
from projects.answers import Problem, digest_of
from projects.events import Kind
from projects.models import (
    Application,
    Attachment,
    Grant,
    PlanLine,
    Proof,
    ProofVersion,
    Receipt,
)
from projects.sections.base import Raw
from projects.states import GRANT_STEPS, Actor, GrantState
from projects.workflow.granted import LONGEST
from projects.workflow.moving import MOVED_ON, NOT_YOU, RefusedError, grant_of, locked, parts_of
from projects.workflow.moving import step as take_step
from projects.workflow.settling import open_settlement

G = GrantState
WRITABLE = frozenset({G.FINAL, G.RUNNING, G.PROOF_DUE, G.PROOF_QUERIED})
SENDABLE = frozenset({G.RUNNING, G.PROOF_DUE, G.PROOF_QUERIED})
MOST_RECEIPTS = 300


class StaleError(RefusedError):
    """Somebody has saved the report since it was read; `proof` is what is stored."""

    def __init__(self, proof: Proof) -> None:
        super().__init__(_("Somebody else has changed the report meanwhile."))
        self.proof = proof


class UnfinishedError(RefusedError):
    """What is missing before a proof of use can be sent, as `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("Something is still missing."))
        self.problems = problems


@dataclass(frozen=True)
class ReceiptFacts:
    """What somebody writes of a receipt. `amount_cents` is above nothing, for a refund, too."""

    line: PlanLine
    paid_on: dt.date
    payee: str
    purpose: str
    amount_cents: int
    kind: str = Receipt.Kind.PAYMENT
    invoiced_on: dt.date | None = None
    file: Attachment | None = None


# Writing ------------------------------------------------------------------------------------------


def may_prove(by, grant: Grant) -> bool:
    """Whether `by` can write the proof of use now."""
    return grant.state in WRITABLE and actors.may_write(by, grant.application)


@transaction.atomic
def save_report(
    application: Application, raw: Raw, *, revision: int, by, now: dt.datetime
) -> Proof:
    """Keep the report as it was typed, if it still has the `revision` that was read; 0 is none.

    Raises StaleError where somebody else has saved something else since.
    """
    grant = _writable(application, by=by)
    proof, made = Proof.objects.get_or_create(grant=grant, defaults={"saved_at": now})
    if proof.answers == raw and not made:
        return proof
    if proof.revision != revision:
        raise StaleError(proof)
    proof.answers, proof.revision, proof.saved_at = raw, revision + 1, now
    proof.save(update_fields=["answers", "revision", "saved_at"])
    return proof


@transaction.atomic
def add_receipt(application: Application, facts: ReceiptFacts, *, by, now: dt.datetime) -> Receipt:
    """Add a line to the list of receipts. Raises RefusedError for a day that is still to come."""
    grant = _writable(application, by=by)
    _refuse_wrong(grant, facts, on=clock.today(now))
    if grant.receipts.count() >= MOST_RECEIPTS:
        raise RefusedError(_("These are too many receipts. Put small ones of a day together."))
    last = grant.receipts.aggregate(last=Max("number"))["last"] or 0
    return Receipt.objects.create(grant=grant, number=last + 1, **_columns(facts))


@transaction.atomic
def change_receipt(
    application: Application, number: int, facts: ReceiptFacts, *, by, now: dt.datetime
) -> None:
    """Write a receipt anew. Raises RefusedError where it is gone."""
    grant = _writable(application, by=by)
    _refuse_wrong(grant, facts, on=clock.today(now))
    if not grant.receipts.filter(number=number).update(**_columns(facts)):
        raise RefusedError(MOVED_ON)


@transaction.atomic
def remove_receipt(application: Application, number: int, *, by) -> None:
    """Take a receipt off the list; its file stays with the case until that is erased."""
    grant = _writable(application, by=by)
    grant.receipts.filter(number=number).delete()


def _columns(facts: ReceiptFacts) -> dict:
    return {each.name: getattr(facts, each.name) for each in fields(facts)}


def _refuse_wrong(grant: Grant, facts: ReceiptFacts, *, on: dt.date) -> None:
    if facts.line.grant_id != grant.pk:
        raise RefusedError(MOVED_ON)
    if facts.file and facts.file.application_id != grant.application_id:
        raise RefusedError(MOVED_ON)
    if facts.paid_on > on:
        raise RefusedError(_("This day is still to come."))
    if facts.amount_cents <= 0:
        raise RefusedError(_("Enter an amount above 0."))


def _writable(application: Application, *, by) -> Grant:
    case = locked(application)
    grant = grant_of(case)
    if grant.state not in WRITABLE:
        raise RefusedError(MOVED_ON)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    return grant


# Files --------------------------------------------------------------------------------------------


def add_file(application: Application, upload: UploadedFile, *, by, now: dt.datetime) -> Attachment:
    """Keep the photo or scan of a receipt, for `ReceiptFacts.file`.

    Raises ValidationError for a file that is not taken, RefusedError where nothing is written now.
    """
    return _keep(application, upload, is_once=False, by=by, now=now)


def add_list(application: Application, upload: UploadedFile, *, by, now: dt.datetime) -> Attachment:
    """Keep the scan of a list of participants, until the proof of use has been checked."""
    file = _keep(application, upload, is_once=True, by=by, now=now)
    with transaction.atomic():
        grant = _writable(application, by=by)
        proof, _made = Proof.objects.get_or_create(grant=grant, defaults={"saved_at": now})
        proof.lists.add(file)
    return file


@transaction.atomic
def remove_list(application: Application, number: uuid.UUID, *, by) -> None:
    """Erase the scan of a list at once, also one that was sent: nobody needs it twice."""
    grant = _writable(application, by=by)
    found = Attachment.objects.filter(
        uuid=number,
        pk__in=Proof.lists.through.objects.filter(proof__grant=grant).values("attachment"),
    ).first()
    if found is not None:
        attachments.erase(found)


def _keep(
    application: Application, upload: UploadedFile, *, is_once: bool, by, now: dt.datetime
) -> Attachment:
    def refuse(case: Application) -> None:
        if not may_prove(by, grant_of(case)):
            raise RefusedError(MOVED_ON)

    return attachments.add_to_proof(
        application, upload, refuse=refuse, is_once=is_once, by=by, now=now
    )


# Sending ------------------------------------------------------------------------------------------


def submit(application: Application, *, key: uuid.UUID, by, now: dt.datetime) -> ProofVersion:
    """Send the proof of use as it stands; returns the version with its document.

    `key` was drawn for the page with the button: sent again, it returns what it brought first.
    Raises UnfinishedError with what is missing, and RefusedError when somebody has just changed it.
    """
    done = ProofVersion.objects.filter(submission_key=key, grant__application=application).first()
    if done is not None:
        return done
    content = _content(application)
    pdf = proof_papers.render(
        content, reference=application.reference, language=application.language, now=now
    )
    with transaction.atomic():
        case = locked(application)
        done = ProofVersion.objects.filter(submission_key=key, grant__application=case).first()
        if done is not None:
            return done
        if digest_of(_content(case)) != digest_of(content):
            raise RefusedError(_("Somebody has just changed it. Look at it once more, please."))
        return _submit(case, content, pdf, key=key, by=by, now=now)


def _content(application: Application) -> dict:
    grant = grant_of(application)
    if grant.state not in SENDABLE:
        raise RefusedError(MOVED_ON)
    proof = Proof.objects.filter(grant=grant).first() or Proof(grant=grant)
    problems = proof_papers.problems_of(proof)
    if problems:
        raise UnfinishedError(problems)
    return proof_papers.content_of(proof)


def _submit(
    case: Application, content: dict, pdf: bytes, *, key: uuid.UUID, by, now: dt.datetime
) -> ProofVersion:
    grant = grant_of(case)
    if not actors.may_write(by, case):
        raise RefusedError(NOT_YOU)
    actor = take_step(grant, GRANT_STEPS, G.PROOF_SUBMITTED, case=case, by=by, now=now)
    last = grant.proof_versions.order_by("-number").only("number").first()
    version = ProofVersion.objects.create(
        grant=grant,
        number=last.number + 1 if last else 1,
        submission_key=key,
        content=content,
        digest=digest_of(content),
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        submitted_at=now,
        submitted_by=by,
    )
    Proof.objects.filter(grant=grant).update(submitted_at=now, query="", query_until=None)
    data = {"version": version.number, "digest": version.digest, "pdf": version.pdf_digest}
    events.record(case, Kind.PROOF_SUBMITTED, actor=actor, by=by, now=now, **data)
    mails.proof_is_in(case, version=version.number, now=now)
    return version


# Asking -------------------------------------------------------------------------------------------


@transaction.atomic
def query(application: Application, text: str, *, until: dt.date, by, now: dt.datetime) -> None:
    """Ask about a proof of use, which can be written again until the end of the day `until`."""
    case = locked(application)
    grant = grant_of(case)
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    if until <= clock.today(now):
        raise RefusedError(_("Give a day that is still to come."))
    if until > clock.today(now) + LONGEST:
        raise RefusedError(_("Give a day within a year."))
    if Actor.CASEWORKER in parts_of(by, case) and open_settlement(grant):
        raise RefusedError(_("It has been checked already, and waits for a second person."))
    actor = take_step(grant, GRANT_STEPS, G.PROOF_QUERIED, case=case, by=by, now=now)
    Proof.objects.filter(grant=grant).update(query=text, query_until=until)
    event = events.record(
        case, Kind.PROOF_QUERIED, actor=actor, by=by, now=now, until=until.isoformat()
    )
    mails.proof_is_queried(case, until=until, number=event.number, now=now)
