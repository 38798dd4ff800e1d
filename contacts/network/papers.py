"""Papers for the members of a group, such as the minutes of a meeting: added, removed, swept.

The file lies under a random name outside of everything that a web server serves, and is read by
permission only. It is checked, scanned and written before the transaction that refers to it; what
no row refers to is swept at night.
"""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import GroupPaper, Meeting, WorkingGroup
from contacts.network.access import may_convene
from contacts.pdf_files import written
from portal import clock, files, jobs
from portal.models import User

FOLDER = "papers"
SWEPT_AFTER = dt.timedelta(days=1)


def add(
    group: WorkingGroup,
    upload: UploadedFile,
    *,
    kind: str,
    title: str,
    meeting: Meeting | None,
    by: User,
    now: dt.datetime,
    key: uuid.UUID | None = None,
) -> GroupPaper:
    """Put `upload`, a PDF, among the papers of `group`; nobody is told by mail.

    `key` is drawn when the form is opened, and becomes that of the paper: the same form sent twice
    is one paper. Raises ValidationError, with what to do, for what is no sound PDF and for a
    meeting of another group; PermissionDenied for whoever may not convene the group.
    """
    key = key or uuid.uuid4()
    sent = GroupPaper.objects.filter(uuid=key).first()
    if sent is not None:
        return _sent_before(sent, group)
    _check_permission(group, by=by, now=now)
    if meeting is not None and meeting.group_id != group.pk:
        raise ValidationError(_("This meeting is not one of this group."))
    with written(upload, folder=FOLDER) as file, transaction.atomic():
        group = WorkingGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
        _check_permission(group, by=by, now=now)
        sent = GroupPaper.objects.filter(uuid=key).first()
        if sent is not None:  # at the same moment; the second file is swept
            return _sent_before(sent, group)
        return GroupPaper.objects.create(
            uuid=key,
            group=group,
            meeting=meeting,
            kind=kind,
            title=title,
            name=file.clean.name,
            file=file.name,
            size_bytes=file.clean.size,
            pages=file.measured.pages,
            added_at=now,
            added_by=by,
        )


def _sent_before(paper: GroupPaper, group: WorkingGroup) -> GroupPaper:
    if paper.group_id != group.pk:
        raise ValidationError(_("Please open the form once more."))
    return paper


@transaction.atomic
def remove(paper: GroupPaper, *, by: User, now: dt.datetime) -> None:
    """Remove `paper` and its file for good; nothing happens where it is gone already.

    Raises PermissionDenied for whoever may not convene its group.
    """
    group = WorkingGroup.objects.select_for_update(of=("self",)).get(pk=paper.group_id)
    _check_permission(group, by=by, now=now)
    row = GroupPaper.objects.filter(pk=paper.pk).first()
    if row is None:
        return
    name = row.file.name
    row.delete()
    transaction.on_commit(lambda: default_storage.delete(name))


def _check_permission(group: WorkingGroup, *, by: User, now: dt.datetime) -> None:
    if not may_convene(by, group, clock.today(now)):
        raise PermissionDenied


# Sweeping -----------------------------------------------------------------------------------------


def sweep(now: dt.datetime) -> str:
    """Delete files that no paper refers to any more."""
    known = set(GroupPaper.objects.values_list("file", flat=True))
    count = files.sweep(FOLDER, known=known, older_than=SWEPT_AFTER, now=now)
    return f"{count} files deleted" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Deletes files of groups that nothing needs")
    jobs.register(jobs.Job("sweep-papers", label, jobs.Nightly(), sweep))
