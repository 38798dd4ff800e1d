"""The files of documents: uploaded by an editor, measured by the server, replaced by an edition.

A file is checked, scanned and written before the transaction that refers to it; what no row refers
to is swept at night.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Document
from contacts.pdf_files import Written, written
from contacts.slugs import free_slug
from portal import files, jobs

FOLDER = "documents"
SWEPT_AFTER = dt.timedelta(days=1)


def put(document: Document, upload: UploadedFile, *, by) -> Document:
    """Make `upload` the file of `document`, in place of a former one.

    Raises ValidationError, with what to do, for what is no sound PDF.
    """
    with written(upload, folder=FOLDER) as file, transaction.atomic():
        row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        return _refer(row, file, by=by)


def publish_edition(
    document: Document, upload: UploadedFile, *, title: str, issued: str, by
) -> Document:
    """A new document with `upload` in place of `document`, which stays at its address and says so.

    Raises ValidationError for what is no sound PDF, and where there is a next edition already.
    """
    with written(upload, folder=FOLDER) as file, transaction.atomic():
        former = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if former.superseded_by_id is not None:
            raise ValidationError(_("This document has a next edition already."))
        newer = Document(
            slug=free_slug(f"{title} {issued}", among=Document.objects.all(), otherwise="dokument"),
            agency_id=former.agency_id,
            kind=former.kind,
            issued=issued,
            language=former.language,
            rank=former.rank,
        )
        newer.set_current_language(former.get_current_language())
        newer.title = title
        newer = _refer(newer, file, by=by)
        former.superseded_by = newer
        former._history_user = by
        former.save()
        return newer


def _refer(row: Document, file: Written, *, by) -> Document:
    former = row.file.name
    row.file = file.name
    row.file_name = file.clean.name
    row.size_bytes = file.clean.size
    row.pages, row.is_tagged = file.measured.pages, file.measured.is_tagged
    row._history_user = by
    row.save()
    if former:
        transaction.on_commit(lambda: default_storage.delete(former))
    return row


def sweep(now: dt.datetime) -> str:
    """Delete files that no document refers to any more."""
    known = set(Document.objects.exclude(file="").values_list("file", flat=True))
    count = files.sweep(FOLDER, known=known, older_than=SWEPT_AFTER, now=now)
    return f"{count} files deleted" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Deletes files of documents that nothing needs")
    jobs.register(jobs.Job("sweep-documents", label, jobs.Nightly(), sweep))
