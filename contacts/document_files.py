"""The files of documents: uploaded by an editor, measured by the server, replaced by an edition.

A file is checked, scanned and written before the transaction that refers to it; what no row refers
to is swept at night.
"""

import datetime as dt
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from contacts.models import Document
from contacts.slugs import german_slug
from portal import files, jobs, uploads, virus_scan
from portal.uploads import CleanFile
from portal.virus_scan import Verdict

FOLDER = "documents"
SWEPT_AFTER = dt.timedelta(days=1)
LONGEST_SLUG = 70  # of 80, with room for a number
MOST_PAGES = 10_000  # nobody publishes more; a file that says so is made to do harm
# What the reader raises for files that are broken on purpose (RuntimeError: too deep, unknown
# protection), besides its own.
UNREADABLE = (PyPdfError, DependencyError, LookupError, ValueError, TypeError, AttributeError)
UNREADABLE += (ArithmeticError, AssertionError, RuntimeError, OSError, zlib.error, struct.error)


@dataclass(frozen=True)
class Measured:
    """What a PDF says of itself; `is_tagged` is whether it has a structure to read aloud."""

    pages: int
    is_tagged: bool


@dataclass(frozen=True)
class Written:
    """A file that lies in the storage under `name`, and waits for a row that refers to it."""

    name: str
    clean: CleanFile
    measured: Measured


def put(document: Document, upload: UploadedFile, *, by) -> Document:
    """Make `upload` the file of `document`, in place of a former one.

    Raises ValidationError, with what to do, for what is no sound PDF.
    """
    with _written(upload) as written, transaction.atomic():
        row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        return _refer(row, written, by=by)


def publish_edition(
    document: Document, upload: UploadedFile, *, title: str, issued: str, by
) -> Document:
    """A new document with `upload` in place of `document`, which stays at its address and says so.

    Raises ValidationError for what is no sound PDF, and where there is a next edition already.
    """
    with _written(upload) as written, transaction.atomic():
        former = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if former.superseded_by_id is not None:
            raise ValidationError(_("This document has a next edition already."))
        newer = Document(
            slug=_free_slug(f"{title} {issued}"),
            agency_id=former.agency_id,
            kind=former.kind,
            issued=issued,
            language=former.language,
            rank=former.rank,
        )
        newer.set_current_language(former.get_current_language())
        newer.title = title
        newer = _refer(newer, written, by=by)
        former.superseded_by = newer
        former._history_user = by
        former.save()
        return newer


@contextmanager
def _written(upload: UploadedFile) -> Iterator[Written]:
    """Check, measure and write `upload`; it goes again if nothing comes to refer to it."""
    clean = checked(upload)
    measured = measure(clean.content, name=clean.name)
    name = files.store(clean.content, folder=FOLDER)
    try:
        yield Written(name, clean, measured)
    except BaseException:
        default_storage.delete(name)
        raise


def checked(upload: UploadedFile) -> CleanFile:
    """`upload`, if it is a PDF that may be published."""
    clean = uploads.clean(upload)
    if clean.content_type != uploads.PDF.content_type:
        raise ValidationError(
            _("“%(name)s” is no PDF. Save the document as a PDF, and upload that."),
            params={"name": clean.name},
        )
    if virus_scan.scan(clean.content) == Verdict.QUARANTINED:
        raise ValidationError(
            _(
                "“%(name)s” was refused by the virus scanner. Please check your device, and send "
                "the file in another form."
            ),
            params={"name": clean.name},
        )
    return clean


def measure(content: File, *, name: str) -> Measured:
    """Pages and tags of a PDF. Raises ValidationError for one that cannot be read."""
    content.seek(0)
    try:
        reader = PdfReader(content)
        pages, root = len(reader.pages), reader.trailer["/Root"]
        marks = root.get("/MarkInfo")
        marked = bool(marks and marks.get_object().get("/Marked"))
        is_tagged = marked and "/StructTreeRoot" in root
    except UNREADABLE as error:
        raise _unreadable(name) from error
    if not 0 < pages <= MOST_PAGES:
        raise _unreadable(name)
    content.seek(0)
    return Measured(pages, is_tagged)


def _unreadable(name: str) -> ValidationError:
    return ValidationError(
        _("“%(name)s” cannot be read. Look whether it opens on your device, then try again."),
        params={"name": name},
    )


def _refer(row: Document, written: Written, *, by) -> Document:
    former = row.file.name
    row.file = written.name
    row.file_name = written.clean.name
    row.size_bytes = written.clean.size
    row.pages, row.is_tagged = written.measured.pages, written.measured.is_tagged
    row._history_user = by
    row.save()
    if former:
        transaction.on_commit(lambda: default_storage.delete(former))
    return row


def _free_slug(text: str) -> str:
    """A name in the address that no document has yet."""
    base = german_slug(text)[:LONGEST_SLUG].strip("-") or "dokument"
    taken = set(Document.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def sweep(now: dt.datetime) -> str:
    """Delete files that no document refers to any more."""
    known = set(Document.objects.exclude(file="").values_list("file", flat=True))
    count = files.sweep(FOLDER, known=known, older_than=SWEPT_AFTER, now=now)
    return f"{count} files deleted" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Deletes files of documents that nothing needs")
    jobs.register(jobs.Job("sweep-documents", label, jobs.Nightly(), sweep))
