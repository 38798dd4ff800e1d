"""Files of an application: added one by one, removed, kept where a version names them.

A file is cleaned, scanned and written before the transaction that refers to it; what no row refers
to is swept at night.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import files, uploads, virus_scan
from portal.jobs import Every, Job, Nightly, register
from portal.uploads import MAX_FILES, MAX_TOTAL, MB, CleanFile
from portal.virus_scan import Verdict
from projects.actors import actors_for
from projects.drafts import ClosedError, open_sections
from projects.models import Application, Attachment
from projects.sections import ATTACHMENTS
from projects.states import Actor
from projects.terms import Channel

FOLDER = "attachments"
SWEPT_AFTER = dt.timedelta(days=1)
SCANS_A_RUN = 50
# With the receipts of a proof of use a case has more files than an application alone.
MOST_WITH_RECEIPTS = 400
MOST_BYTES_WITH_RECEIPTS = 500 * MB

# Raises what says why a file cannot be kept with the case, as it stands when it is called.
Guard = Callable[[Application, CleanFile], None]


@dataclass(frozen=True)
class Added:
    """What became of several files: those that are kept, and for each other one the reason."""

    kept: list[Attachment] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def add(application: Application, sent: Sequence[UploadedFile], *, by, now: dt.datetime) -> Added:
    """Attach the files in `sent`, each judged on its own.

    What the case has already is refused kindly; so is what would be too much. Raises ClosedError
    where `by` may not write the attachments now.
    """
    _refuse_closed(application, by)
    added = Added()
    for upload in sent:
        try:
            added.kept.append(_add(application, upload, by=by, now=now))
        except ValidationError as refusal:
            added.refused.extend(refusal.messages)
    return added


def _add(application: Application, upload: UploadedFile, *, by, now: dt.datetime) -> Attachment:
    def guard(case: Application, clean: CleanFile) -> None:
        _refuse_closed(case, by)
        _refuse_what_does_not_fit(case, clean)

    return _keep(application, uploads.clean(upload), guard, by=by, now=now)


def add_to_proof(
    application: Application,
    upload: UploadedFile,
    *,
    refuse: Callable[[Application], None],
    is_once: bool,
    by,
    now: dt.datetime,
) -> Attachment:
    """Keep a file of a proof of use: outside of the form, and so of what is open in it.

    `refuse` raises where `by` may not write the proof now; it is asked again under lock. One photo
    may belong to several receipts, and is kept once; with `is_once` it is refused the second time.
    Raises ValidationError for a file that cannot be kept.
    """
    clean = uploads.clean(upload)
    there = present(application).filter(digest=clean.digest).first()
    if there is not None and not is_once:
        refuse(application)
        return there

    def guard(case: Application, clean: CleanFile) -> None:
        refuse(case)
        _refuse_what_does_not_fit(
            case, clean, most=MOST_WITH_RECEIPTS, most_bytes=MOST_BYTES_WITH_RECEIPTS
        )

    return _keep(application, clean, guard, by=by, now=now)


def _keep(
    application: Application, clean: CleanFile, guard: Guard, *, by, now: dt.datetime
) -> Attachment:
    """Scan and write a file, then refer to it; `guard` is asked before, and again under lock."""
    guard(application, clean)
    verdict = virus_scan.scan(clean.content)
    if verdict == Verdict.QUARANTINED:
        raise ValidationError(
            _(
                "“%(name)s” was refused by the virus scanner. Please check your device, and send "
                "the file in another form."
            ),
            params={"name": clean.name},
        )
    stored = files.store(clean.content, folder=FOLDER)
    try:
        return _insert(application, clean, stored, verdict, guard, by=by, now=now)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def _insert(
    application: Application,
    clean: CleanFile,
    stored: str,
    verdict: Verdict,
    guard: Guard,
    *,
    by,
    now: dt.datetime,
) -> Attachment:
    application = _locked(application)
    guard(application, clean)
    attachment = Attachment.objects.create(
        application=application,
        name=clean.name,
        content_type=clean.content_type,
        size=clean.size,
        digest=clean.digest,
        file=stored,
        scan=verdict,
        added_at=now,
        added_by=by,
    )
    Application.objects.filter(pk=application.pk).update(saved_at=now)
    return attachment


def remove(application: Application, attachment: Attachment, *, by, now: dt.datetime) -> None:
    """Take `attachment` off the application; once it was sent, it stays with what was sent.

    Raises ClosedError where `by` may not write the attachments now.
    """
    with transaction.atomic():
        application = _locked(application)
        _refuse_closed(application, by)
        if _was_sent(application, attachment):
            application.attachments.filter(pk=attachment.pk).update(removed_at=now)
        else:
            erase(attachment)
        Application.objects.filter(pk=application.pk).update(saved_at=now)


def erase(attachment: Attachment) -> None:
    """Delete the row of the locked case, and the file once that is certain."""
    name = attachment.file.name
    attachment.delete()
    transaction.on_commit(lambda: default_storage.delete(name))


def present(application: Application):
    """The files that are attached now, in the order in which they came."""
    return application.attachments.filter(removed_at=None)


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update(of=("self",)).get(pk=application.pk)


def _refuse_closed(application: Application, by) -> None:
    parts = actors_for(by, application)
    is_hand = application.channel != Channel.ONLINE and Actor.CASEWORKER in parts
    if ATTACHMENTS not in open_sections(application) or not (Actor.APPLICANT in parts or is_hand):
        raise ClosedError


def _was_sent(application: Application, attachment: Attachment) -> bool:
    contents = application.versions.values_list("content", flat=True)
    sent = {file["uuid"] for content in contents for file in content["attachments"]}
    return str(attachment.uuid) in sent


def _refuse_what_does_not_fit(
    application: Application,
    clean: CleanFile,
    *,
    most: int = MAX_FILES,
    most_bytes: int = MAX_TOTAL,
) -> None:
    there = present(application)
    same = there.filter(digest=clean.digest).first()
    if same is not None:
        raise ValidationError(
            _("“%(name)s” is there already, as “%(same)s”. It is kept once."),
            params={"name": clean.name, "same": same.name},
        )
    if there.count() >= most:
        raise ValidationError(
            _("“%(name)s” was not kept: an application has up to %(most)s files."),
            params={"name": clean.name, "most": most},
        )
    total = there.aggregate(total=Sum("size"))["total"] or 0
    if total + clean.size > most_bytes:
        raise ValidationError(
            _(
                "“%(name)s” was not kept: with it, the files would be larger than %(most)s MB "
                "together. Save it smaller, or remove another one."
            ),
            params={"name": clean.name, "most": most_bytes // MB},
        )


# Timed jobs --------------------------------------------------------------------------------------


def sweep(now: dt.datetime) -> str:
    """Delete files that no application refers to any more."""
    known = set(Attachment.objects.values_list("file", flat=True))
    count = files.sweep(FOLDER, known=known, older_than=SWEPT_AFTER, now=now)
    return f"{count} files deleted" if count else ""


def scan_again(now: dt.datetime) -> str:
    """Scan what came while the scanner was away, or before there was one."""
    verdicts = []
    waiting = Attachment.objects.filter(scan=Attachment.Scan.NOT_SCANNED).order_by("pk")
    for attachment in waiting[:SCANS_A_RUN] if virus_scan.is_configured() else ():
        with attachment.file.open() as content:
            verdict = virus_scan.scan(content)
        if verdict == Verdict.NOT_SCANNED:
            break
        Attachment.objects.filter(pk=attachment.pk).update(scan=verdict)
        verdicts.append(verdict)
    found = verdicts.count(Verdict.QUARANTINED)
    return f"{len(verdicts)} files scanned, {found} locked away" if verdicts else ""


def register_jobs() -> None:
    """Called once, when the apps are ready."""
    register(Job("sweep-files", gettext_lazy("Deletes files that nothing needs"), Nightly(), sweep))
    register(
        Job(
            "scan-files",
            gettext_lazy("Scans files that have not been scanned yet"),
            Every(dt.timedelta(minutes=10)),
            scan_again,
        )
    )
