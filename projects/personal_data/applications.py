"""What applicants have written and sent, in the copy of their data."""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from contacts.snapshot import Snapshot, latest
from portal import clock
from portal.models import User
from portal.privacy import Export, File
from projects.answers import Answers, answers_to
from projects.models import Application, ApplicationVersion, Attachment, Contributor
from projects.personal_data import grants
from projects.personal_data.labels import LABELS
from projects.personal_data.typed import pairs_of
from projects.sections import BY_SLUG, Section
from projects.sections.base import Raw
from projects.sections.reading import answers_of
from projects.status import status_of


def export(user: User) -> Export:
    """Everything of the applications that `user` began, and their own part in those of others."""
    own = _applications(user, Contributor.Role.OWNER)
    together = _applications(user, Contributor.Role.EDITOR)
    on, snapshot = clock.today(), latest()
    data = {
        "own": [_own(application, user, on=on, snapshot=snapshot) for application in own],
        "together": [_together(application, user) for application in together],
    }
    return Export(data, LABELS, _files(own, together, user))


def _applications(user: User, role: Contributor.Role) -> list[Application]:
    rows = Application.objects.filter(contributors__user=user, contributors__role=role)
    rows = rows.select_related("call__rule_set__programme", "agency").order_by("created_at", "pk")
    return list(rows.prefetch_related("call__translations", "sections", "contributors__user"))


def _own(application: Application, user: User, *, on: dt.date, snapshot: Snapshot) -> dict:
    answers = answers_to(application, on=on, snapshot=snapshot)
    requests = application.change_requests.all()
    events = application.events.order_by("number")
    return {
        "number": application.reference,
        "programme": str(application.call.programme),
        "call": str(application.call),
        "state": status_of(application).label,
        "came": application.get_channel_display(),
        "language": application.language,
        "begun": application.created_at,
        "saved": application.saved_at,
        "sent": application.submitted_at,
        "sections": [
            {"saved": row.saved_at, **_section(BY_SLUG[row.section], row.answers, answers)}
            for row in application.sections.all()
            if row.section in BY_SLUG
        ],
        "versions": [
            {"version": row.number, "sent": row.submitted_at, "sha256": row.pdf_digest}
            for row in application.versions.defer("pdf", "content").order_by("number")
        ],
        "attachments": [_attachment(row) for row in application.attachments.all()],
        "messages": _messages(application.messages.all()),
        "requests": [
            {"when": row.asked_at, "until": row.due_on, "text": row.text, "answer": row.answer}
            for row in requests
        ],
        "people": [
            {"email": row.user.email, "since": row.joined_at}
            for row in application.contributors.all()
            if row.user_id != user.pk and row.user.is_active
        ],
        "invitations": _invitations(application, user),
        "history": [
            {"what": event.get_kind_display(), "when": event.happened_at} for event in events
        ],
        **grants.own(application),
    }


def _together(application: Application, user: User) -> dict:
    """One's own part in an application that somebody else began."""
    part = next(row for row in application.contributors.all() if row.user_id == user.pk)
    return {
        "number": application.reference,
        "call": str(application.call),
        "since": part.joined_at,
        "attachments": [_attachment(row) for row in application.attachments.filter(added_by=user)],
        "messages": _messages(application.messages.filter(author=user)),
        "invitations": _invitations(application, user),
        **grants.together(application, user),
    }


def _section(section: Section, raw: Raw, answers: Answers) -> dict:
    """What was typed, with the words of the form; what it cannot read, as it was typed."""
    read = answers_of(answers.bound(section))
    fields = section.form_class.base_fields
    tables = {rows.name for rows in section.rows}
    lines = []
    for rows, shown in zip(section.rows, read.rows, strict=True):
        names = rows.form_class.base_fields
        typed = raw.get(rows.name) or []
        for line, answered in zip(typed, shown.lines, strict=True):
            lines.append(list(pairs_of(answered, line, names)))
    plain = {name: texts for name, texts in raw.items() if name not in tables}
    told = {"title": str(section.title), "answers": list(pairs_of(read.answers, plain, fields))}
    return told | ({"lines": lines} if lines else {})


def _attachment(row: Attachment) -> dict:
    return {
        "name": row.name,
        "size": row.size,
        "added": row.added_at,
        "removed": row.removed_at,
        "virus_check": row.get_scan_display(),
    }


def _messages(rows: QuerySet) -> list[dict]:
    return [
        {"when": row.sent_at, "from_office": row.is_from_office, "text": row.text} for row in rows
    ]


def _invitations(application: Application, user: User) -> list[dict]:
    return [
        {"email": row.email, "invited": row.invited_at, "closed": row.closed_at}
        for row in application.invitations.filter(invited_by=user)
    ]


def _files(own: list[Application], together: list[Application], user: User) -> Iterator[File]:
    """Documents and attachments, opened one at a time."""
    for application in own:
        for number in application.versions.order_by("number").values_list("number", flat=True):
            yield File(f"{application.reference}-{number}.pdf", _document(application, number))
        yield from grants.files(application)
        yield from _attached(application, application.attachments.all())
    for application in together:
        yield from _attached(application, application.attachments.filter(added_by=user))


def _document(application: Application, number: int):
    rows = ApplicationVersion.objects.filter(application=application, number=number)
    return lambda: BytesIO(rows.values_list("pdf", flat=True).get())


def _attached(application: Application, rows: QuerySet) -> Iterator[File]:
    """What may be opened: not what the virus scanner has locked away, nor what has just gone."""
    for row in rows.exclude(scan=Attachment.Scan.QUARANTINED):
        if default_storage.exists(row.file.name):
            yield File(f"{application.reference} {row.name}", row.file.open)
