"""PDF files that are uploaded to be handed out: checked, scanned, measured, written.

A file is written before the transaction that refers to it. What no row refers to is swept by
whoever has the folder.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from portal import files, uploads, virus_scan
from portal.uploads import CleanFile
from portal.virus_scan import Verdict

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


@contextmanager
def written(upload: UploadedFile, *, folder: str) -> Iterator[Written]:
    """Check, measure and write `upload` into `folder`; it goes again if nothing refers to it.

    Raises ValidationError, with what to do, for what is no sound PDF.
    """
    clean = checked(upload)
    measured = measure(clean.content, name=clean.name)
    name = files.store(clean.content, folder=folder)
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
