"""The whole file of a case: one PDF to read, and a bundle for the electronic files of an office.

The PDF begins with a summary (facts, money, messages, notes, history), rendered now; behind it
stand the documents as they were stored: what was sent, letters, proofs of use. Merged, their pages
lose the tags for screen readers; the single documents on the page of the case keep them. The
bundle holds each document and attachment byte by byte, what the case says as JSON, and a list of
check sums that `sha256sum --check` reads. Lists of participants stay out of both.
"""

import datetime as dt
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.formats import date_format
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import override
from pypdf import PdfReader, PdfWriter

from portal import clock, pdf
from projects import money, standing
from projects.answers import OFFICIAL
from projects.models import Application, Attachment, Grant, Letter

IN_MEMORY = 5_000_000  # bytes; what is larger is written to a temporary file
FORMAT = 1  # of `case.json`
LEFT_OUT = {"id", "pdf", "submission_key", "application", "grant", "file", "iban", "holder"}


@dataclass(frozen=True)
class Document:
    """A document as it was stored; `name` is that of its file, `title` what people read."""

    name: str
    title: str
    pdf: bytes


def documents(application: Application) -> Iterator[Document]:
    """The stored documents of a case, one at a time, in the order of the procedure."""
    for version in application.versions.defer("content").order_by("number").iterator():
        title = _("Application, version %(number)s") % {"number": version.number}
        yield Document(f"application-{version.number}.pdf", title, bytes(version.pdf))
    for letter in application.letters.defer("content").order_by("number").iterator():
        title = f"{letter.get_kind_display()}, {date_format(letter.dated, 'DATE_FORMAT')}"
        yield Document(f"letter-{letter.number}-{letter.kind}.pdf", title, bytes(letter.pdf))
    grant = Grant.objects.filter(application=application).first()
    if grant is None:
        return
    for version in grant.proof_versions.defer("content").order_by("number").iterator():
        title = _("Proof of use, version %(number)s") % {"number": version.number}
        yield Document(f"proof-{version.number}.pdf", title, bytes(version.pdf))


# As one PDF ---------------------------------------------------------------------------------------


def as_pdf(application: Application, *, now: dt.datetime) -> BinaryIO:
    """The file of a case at the instant `now`, read from its start. Whoever gets it closes it."""
    writer = PdfWriter()
    with override(OFFICIAL):
        title = _("File of the case %(number)s") % {"number": application.reference}
        summary = Document("", _("Summary"), render_summary(application, title=title, now=now))
        for document in (summary, *documents(application)):
            reader = PdfReader(BytesIO(document.pdf))
            writer.append(reader, outline_item=document.title, import_outline=False)
    writer.add_metadata({"/Title": title})
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (handed on)
    writer.write(stream)
    stream.seek(0)
    return stream


def render_summary(application: Application, *, title: str, now: dt.datetime) -> bytes:
    data = {
        "agency": {"name": str(application.agency), "lines": []},
        "facts": [
            [_("Number"), application.reference],
            [_("State"), application.get_state_display()],
            [_("Made"), _moment(now)],
        ],
        "reference": application.reference,
        "intro": [str(application.call)],
        "sections": [
            {"title": _("Case"), "parts": [{"kind": "answers", "items": _facts(application)}]},
            *_money(application),
            _texts(_("Messages"), _messages(application)),
            _texts(_("Notes for colleagues"), _notes(application)),
            _history(application),
        ],
    }
    return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def _moment(instant: dt.datetime) -> str:
    return date_format(clock.local(instant), "SHORT_DATETIME_FORMAT")


def _day(value: dt.date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else "–"


def _facts(case: Application) -> list[dict]:
    pairs = {
        _("Title"): case.title or "–",
        _("Applicant"): case.applicant_name or "–",
        _("Days"): f"{_day(case.starts_on)} – {_day(case.ends_on)}",
        _("Came"): case.get_channel_display(),
        _("Submitted"): _moment(case.submitted_at) if case.submitted_at else "–",
        _("Caseworker"): str(case.caseworker or "–"),
        _("Requested grant"): "–"
        if case.requested_cents is None
        else money.shown(case.requested_cents),
    }
    return [{"label": label, "value": value} for label, value in pairs.items()]


def _money(case: Application) -> Iterator[dict]:
    """The grant, its payouts, and every booking of the case."""
    grant = Grant.objects.filter(application=case).first()
    if grant is not None:
        sums = standing.standing_of(grant)
        pairs = {
            _("State"): grant.get_state_display(),
            _("Grant"): money.shown(sums.award),
            _("Paid"): money.shown(sums.paid),
            _("Asked for"): money.shown(sums.pending),
            _("Proof of use until"): _day(standing.proof_until(grant)),
        }
        items = [{"label": label, "value": value} for label, value in pairs.items()]
        yield {"title": _("Grant"), "parts": [{"kind": "answers", "items": items}]}
    rows = [
        [_moment(row.booked_at), row.get_kind_display(), money.shown(row.cents)]
        for row in case.ledger_entries.order_by("number")
    ]
    if rows:
        columns = [
            {"label": _("When"), "amount": False},
            {"label": _("Booking"), "amount": False, "wide": True},
            {"label": _("Amount"), "amount": True},
        ]
        table = {"kind": "figures", "columns": columns, "rows": rows}
        yield {"title": _("Bookings"), "parts": [table]}


def _messages(case: Application) -> Iterator[tuple[str, str]]:
    for row in case.messages.select_related("author"):
        who = str(row.author or "–") if row.is_from_office else _("Applicant")
        yield f"{_moment(row.sent_at)}, {who}", row.text


def _notes(case: Application) -> Iterator[tuple[str, str]]:
    for row in case.comments.select_related("author"):
        yield f"{_moment(row.written_at)}, {row.author or '–'}", row.text


def _texts(title: str, rows: Iterator[tuple[str, str]]) -> dict:
    items = [{"label": label, "value": value} for label, value in rows]
    empty = {"kind": "note", "text": _("None.")}
    return {"title": title, "parts": [{"kind": "answers", "items": items}] if items else [empty]}


def _history(case: Application) -> dict:
    columns = [
        {"label": _("No."), "amount": False},
        {"label": _("When"), "amount": False},
        {"label": _("What"), "amount": False, "wide": True},
        {"label": _("Who"), "amount": False},
    ]
    rows = []
    for event in case.events.select_related("user").order_by("number"):
        who = "–"
        if event.user is not None:
            who = str(event.user) if event.user.is_staff else _("Applicant")
        when = _moment(event.happened_at)
        rows.append([str(event.number), when, event.get_kind_display(), who])
    table = {"kind": "figures", "columns": columns, "rows": rows}
    return {"title": _("What has happened"), "parts": [table]}


# As a bundle --------------------------------------------------------------------------------------


def as_bundle(application: Application, *, now: dt.datetime) -> BinaryIO:
    """A ZIP of the documents as stored, the content as JSON, and the check sums of all of them.

    Read from its start; whoever gets it closes it.
    """
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (handed on)
    sums: list[str] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, pieces) -> None:
            digest = hashlib.sha256()
            with archive.open(name, "w") as target:
                for piece in pieces:
                    digest.update(piece)
                    target.write(piece)
            sums.append(f"{digest.hexdigest()}  {name}\n")

        with override(OFFICIAL):
            for document in documents(application):
                add(document.name, [document.pdf])
            for number, row in enumerate(_attachments(application), start=1):
                with row.file.open() as source:
                    add(f"attachments/{number:03}-{_safe(row.name)}", source.chunks())
            content = content_of(application, now=now)
        text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        add("case.json", [text.encode("utf-8", "replace")])
        archive.writestr("checksums.sha256", "".join(sums))
    stream.seek(0)
    return stream


def content_of(application: Application, *, now: dt.datetime) -> dict:
    """What the bundle says of a case beside its documents, for programs."""
    grant = Grant.objects.filter(application=application).first()
    letters: list[Letter] = list(application.letters.defer("pdf").order_by("number"))
    content = {
        "format": FORMAT,
        "made_at": now,
        "case": _row(application),
        "versions": [_row(row) for row in application.versions.defer("pdf").order_by("number")],
        "letters": [
            _row(letter) | {"deliveries": [_row(row) for row in letter.deliveries.all()]}
            for letter in letters
        ],
        "messages": [_row(row) for row in application.messages.all()],
        "notes": [_row(row) for row in application.comments.all()],
        "requests": [_row(row) for row in application.change_requests.all()],
        "objections": [_row(row) for row in application.objections.all()],
        "bookings": [_row(row) for row in application.ledger_entries.order_by("number")],
        "attachments": [_row(row) for row in _attachments(application)],
        "events": [_row(row) for row in application.events.order_by("number")],
    }
    if grant is not None:
        content["grant"] = _row(grant) | {
            "lines": [_row(row) for row in grant.lines.all()],
            "payouts": [_row(row) for row in grant.payouts.all()],
            "extensions": [_row(row) for row in grant.extensions.all()],
            "amendments": [_row(row) for row in grant.amendments.all()],
            "receipts": [_row(row) for row in _receipts(grant)],
            "proofs": [_row(row) for row in grant.proof_versions.defer("pdf")],
            "settlements": [_row(row) for row in grant.settlements.all()],
        }
    return content


def _row(row) -> dict:
    """The columns of a row by name; people and other rows are named by their keys."""
    deferred = row.get_deferred_fields()
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in LEFT_OUT and field.attname not in deferred
    }


def _receipts(grant: Grant):
    """None before the first proof was sent: what is being written is the recipient's own."""
    rows = grant.receipts.all()
    return rows if grant.proof_versions.exists() else rows.none()


def _attachments(application: Application) -> Iterator[Attachment]:
    """The files of the case that may be opened, without lists of participants."""
    rows = application.attachments.exclude(scan=Attachment.Scan.QUARANTINED)
    grant = Grant.objects.filter(application=application).first()
    if grant is not None and hasattr(grant, "proof"):
        rows = rows.exclude(pk__in=grant.proof.lists.values("pk"))
    if grant is not None and not grant.proof_versions.exists():
        rows = rows.exclude(pk__in=grant.receipts.exclude(file=None).values("file"))
    for row in rows:
        if default_storage.exists(row.file.name):
            yield row


def _safe(name: str) -> str:
    """A name that leads to no other folder and can be written anywhere."""
    path = PurePosixPath(name.replace("\\", "/").replace("\0", ""))
    try:
        return get_valid_filename(path.name)[-100:]
    except SuspiciousFileOperation:  # nothing but dots
        return "file"
