"""Seals: what an erased case leaves, and whether files and seals are as they were written.

A seal holds the number of the case, how many events it had and the end of their chain; seals form a
chain of their own, so that none can be changed, removed or slipped in unnoticed.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator

from projects import budget, events
from projects.answers import digest_of as digest_of_content
from projects.models import (
    Application,
    ApplicationVersion,
    Budget,
    CaseSeal,
    LedgerEntry,
    Letter,
    ProofVersion,
)

# What carries the digests of a stored document, and under which key the event names it.
Document = ApplicationVersion | Letter | ProofVersion


def seal(application: Application, *, rule: str, now: dt.datetime) -> CaseSeal:
    """Write the seal of a case that is about to be erased, in the caller's transaction."""
    last_event = application.events.order_by("-number").first()
    last_seal = CaseSeal.objects.select_for_update().order_by("-number").first()
    grant = getattr(application, "grant", None)
    written = CaseSeal(
        number=last_seal.number + 1 if last_seal else 1,
        agency=application.agency,
        reference=application.reference,
        events=last_event.number if last_event else 0,
        last_digest=last_event.digest if last_event else "",
        outcome=grant.state if grant else application.state,
        rule=rule,
        erased_at=now,
        previous_digest=last_seal.digest if last_seal else "",
    )
    written.digest = digest_of(written)
    written.save()
    return written


def digest_of(row: CaseSeal) -> str:
    """The SHA-256 over the seal and the digest of the one before it."""
    content = [
        row.number,
        row.agency_id,
        row.reference,
        row.events,
        row.last_digest,
        row.outcome,
        row.rule,
        row.erased_at.astimezone(dt.UTC).isoformat(),
        row.previous_digest,
    ]
    canonical = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


# Verifying ----------------------------------------------------------------------------------------


def problems() -> Iterator[str]:
    """What is not as it was written, a line each (English): cases, documents, seals, ledgers."""
    for application in Application.objects.order_by("pk").iterator(chunk_size=200):
        yield from problems_of(application)
    yield from _of_seals()
    for pot in Budget.objects.order_by("pk"):
        yield from _of_ledger(pot)


def problems_of(application: Application) -> Iterator[str]:
    """What is not as it was written in one case."""
    broken = events.broken_at(application)
    if broken is not None:
        yield f"{application.reference}: the chain of events is broken at number {broken}"
    known = _known_digests(application)
    for name, document in _documents(application):
        where = f"{application.reference}: {name} {document.number}"
        if digest_of_content(document.content) != document.digest:
            yield f"{where}: its content does not fit its digest"
        if hashlib.sha256(document.pdf).hexdigest() != document.pdf_digest:
            yield f"{where}: its document does not fit its digest"
        if not {document.digest, document.pdf_digest} <= known:
            yield f"{where}: no event names its digests"
        known -= {document.digest, document.pdf_digest}
    for digest in sorted(known):
        yield f"{application.reference}: a document that an event names is missing ({digest})"


def _known_digests(application: Application) -> set[str]:
    data = application.events.values_list("data", flat=True)
    return {each[key] for each in data for key in ("digest", "pdf") if key in each}


def _documents(application: Application) -> Iterator[tuple[str, Document]]:
    for version in application.versions.order_by("number").iterator(chunk_size=10):
        yield "version", version
    for letter in application.letters.order_by("number").iterator(chunk_size=10):
        yield "letter", letter
    proofs = ProofVersion.objects.filter(grant__application=application)
    for proof in proofs.order_by("number").iterator(chunk_size=10):
        yield "proof of use", proof


def _of_seals() -> Iterator[str]:
    previous = ""
    for number, row in enumerate(CaseSeal.objects.order_by("number"), start=1):
        if (row.number, row.previous_digest) != (number, previous) or row.digest != digest_of(row):
            yield f"seal {row.number} ({row.reference}): the chain of seals is broken"
            return
        previous = row.digest


def _of_ledger(pot: Budget) -> Iterator[str]:
    """The numbers of a ledger have no gap, and the free money after each entry adds up."""
    free = 0
    rows = LedgerEntry.objects.filter(budget=pot).order_by("number")
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        free += budget.change_of_free(row.corrects or row.kind, row.cents)
        if (row.number, row.free_after) != (number, free):
            yield f"budget {pot.pk}, booking {row.number}: the ledger does not add up"
            return
