"""What applicants have written and sent: in the copy of their data, and when they are erased.

Whoever writes along at the application of somebody else gets their own words and files out of it,
and nothing of the others.
"""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.snapshot import Snapshot, latest
from portal import clock, privacy
from portal.models import User
from portal.privacy import Export, File
from projects import drafts, sharing, workflow
from projects.answers import Answers, answers_to
from projects.models import Application, ApplicationVersion, Attachment, Contributor
from projects.sections import BY_SLUG, Section
from projects.sections.base import Raw
from projects.sections.reading import Answer, answers_of
from projects.states import ApplicationState
from projects.status import status_of

LABELS = {
    "own": gettext_lazy("Applications that you began"),
    "together": gettext_lazy("Applications of others at which you write along"),
    "number": gettext_lazy("Number"),
    "programme": gettext_lazy("Programme"),
    "call": gettext_lazy("Call"),
    "state": gettext_lazy("State"),
    "came": gettext_lazy("Came"),
    "language": gettext_lazy("Language"),
    "begun": gettext_lazy("Begun"),
    "saved": gettext_lazy("Saved"),
    "sent": gettext_lazy("Sent"),
    "since": gettext_lazy("Since"),
    "sections": gettext_lazy("Sections"),
    "title": gettext_lazy("Title"),
    "answers": gettext_lazy("Answers"),
    "question": gettext_lazy("Question"),
    "answer": gettext_lazy("Answer"),
    "lines": gettext_lazy("Lines"),
    "versions": gettext_lazy("What you have sent"),
    "version": gettext_lazy("Version"),
    "sha256": gettext_lazy("Check sum (SHA-256)"),
    "attachments": gettext_lazy("Attachments"),
    "name": gettext_lazy("Name"),
    "size": gettext_lazy("Size in bytes"),
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "virus_check": gettext_lazy("Virus check"),
    "messages": gettext_lazy("Messages"),
    "from_office": gettext_lazy("From the office"),
    "text": gettext_lazy("Text"),
    "requests": gettext_lazy("What the office asked to be changed"),
    "until": gettext_lazy("Until"),
    "people": gettext_lazy("Who writes along"),
    "invitations": gettext_lazy("Invitations that you sent"),
    "email": gettext_lazy("E-mail address"),
    "invited": gettext_lazy("Invited"),
    "closed": gettext_lazy("Accepted or taken back"),
    "history": gettext_lazy("What happened"),
    "what": gettext_lazy("What"),
    "when": gettext_lazy("When"),
}


# The copy -----------------------------------------------------------------------------------------


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
            lines.append(list(_pairs(answered, line, names)))
    plain = {name: texts for name, texts in raw.items() if name not in tables}
    told = {"title": str(section.title), "answers": list(_pairs(read.answers, plain, fields))}
    return told | ({"lines": lines} if lines else {})


def _pairs(answered: list[Answer], raw: Raw, fields) -> Iterator[dict[str, str]]:
    """Each answer below its question; at the end what is no answer to what is asked today."""
    yield from ({"question": answer.label, "answer": answer.shown} for answer in answered)
    names = {answer.name for answer in answered}
    for name, texts in raw.items():
        text = ", ".join(text for text in texts if text.strip())
        if name not in names and text:
            label = fields[name].label if name in fields else name
            yield {"question": str(label or name), "answer": text}


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


# Erasing ------------------------------------------------------------------------------------------


def _unsent(user: User) -> QuerySet:
    """What `user` began and never sent: with nobody but them, and those who write along."""
    part = Q(contributors__user=user, contributors__role=Contributor.Role.OWNER)
    return Application.objects.filter(part, submitted_at=None)


@transaction.atomic
def erase(user: User, now: dt.datetime) -> bool:
    """Delete what was never sent, write along nowhere any more; True when something stays."""
    for application in _unsent(user).order_by("pk"):
        if application.state == ApplicationState.PRECHECK:
            workflow.take_back_precheck(application, by=user, now=now)
        drafts.delete(application, by=user)
    sharing.forget(user, now=now)
    return _stays(user)


def _stays(user: User) -> bool:
    """Whether the file of any case names the account."""
    return (
        Contributor.objects.filter(user=user).exists()
        or Application.objects.filter(events__user=user).exists()
    )


def kept(user: User) -> str:
    """What was sent, and where somebody else's application goes on; "" for nothing."""
    parts = Contributor.objects.filter(user=user)
    own = parts.filter(role=Contributor.Role.OWNER, application__submitted_at__isnull=False)
    numbers = sorted(own.values_list("application__reference", flat=True))
    sentences = []
    if numbers:
        sentences.append(
            _(
                "What you have sent (%(numbers)s) stays in the files of the office, which has to "
                "account for public money, until the time for keeping them is over. It is still "
                "worked on, and the office then writes to you by letter. If you do not want that, "
                "withdraw it first."
            )
            % {"numbers": ", ".join(numbers)}
        )
    if parts.filter(role=Contributor.Role.EDITOR).exists():
        sentences.append(
            _(
                "What you have written in applications of others stays there. Your name and "
                "address do not."
            )
        )
    return " ".join(sentences)


def register() -> None:
    """Called once, when the apps are ready."""
    privacy.register(
        privacy.PersonalData(
            name="applications",
            label=gettext_lazy("Your applications"),
            export=export,
            erase=erase,
            kept=kept,
            models=(
                "projects.application",
                "projects.contributor",
                "projects.invitation",
                "projects.sectionanswers",
                "projects.applicationversion",
                "projects.attachment",
                "projects.caseevent",
                "projects.message",
                "projects.changerequest",
            ),
        )
    )
