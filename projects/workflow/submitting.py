"""Sending an application in: the first time, and again with the changes that were asked for.

The document is rendered before the transaction, from a frozen content; inside it is checked that
nothing has changed since.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.snapshot import Snapshot
from projects import actors, documents, events, mails
from projects.answers import Answers, Problem, answers_to, digest_of, frozen
from projects.calendar import last_day
from projects.drafts import facts_of
from projects.events import Kind
from projects.models import Application, ApplicationVersion, Call, LatePermit
from projects.states import BEFORE_SUBMISSION, ApplicationState, CallState
from projects.terms import Channel
from projects.workflow.moving import RefusedError, locked, move, open_request, settle

S = ApplicationState


class IncompleteError(Exception):
    """What is missing before an application can be sent, as `problems`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def submit(
    application: Application,
    *,
    key: uuid.UUID,
    by,
    now: dt.datetime,
    on: dt.date,
    snapshot: Snapshot,
) -> ApplicationVersion:
    """Send the application in, as it stands; returns the version with its document.

    `key` was drawn for the page with the button: sent again, it returns what it brought first.
    Raises IncompleteError with what is missing, and RefusedError after the closing instant, when
    nothing has been changed that was to be, or when somebody has saved at this very moment.
    """
    done = ApplicationVersion.objects.filter(submission_key=key, application=application).first()
    if done is not None:
        return done
    content, answers = _content(application, on=on, snapshot=snapshot)
    pdf = documents.render_copy(
        content, reference=application.reference, language=application.language, now=now
    )
    with transaction.atomic():
        application = locked(application)
        done = ApplicationVersion.objects.filter(submission_key=key).first()
        if done is not None and done.application_id != application.pk:
            raise RefusedError(_("Please press the button once more."))
        if done is not None:
            return done
        if not actors.may_write(by, application):
            raise RefusedError(_("You may not do this."))
        _refuse_late(application, now=now)
        present, answers = _content(application, on=on, snapshot=snapshot)
        if digest_of(present) != digest_of(content):
            raise RefusedError(_("Somebody has just changed it. Look at it once more, please."))
        facts = facts_of(answers, on=on, snapshot=snapshot)
        return _submit(application, facts, content, pdf, key=key, by=by, now=now)


def _content(application: Application, *, on: dt.date, snapshot: Snapshot) -> tuple[dict, Answers]:
    """What would be frozen now. Raises IncompleteError."""
    answers = answers_to(application, on=on, snapshot=snapshot)
    if answers.problems:
        raise IncompleteError(answers.problems)
    return frozen(answers, application), answers


def _refuse_late(application: Application, *, now: dt.datetime) -> None:
    """The closing instant holds when something is sent for the first time.

    What came on paper or by telephone counts by the day on which it was received.
    """
    if application.state not in BEFORE_SUBMISSION:
        return
    call = application.call
    permit = LatePermit.objects.filter(application=application).first()
    if permit and now < permit.until:
        return
    if application.channel != Channel.ONLINE:
        if application.received_on and application.received_on <= last_day(call.closes_at):
            return
        raise RefusedError(_("It was received after the closing date. Allow it as a late one."))
    if not call.takes_applications(now):
        raise RefusedError(
            _(
                "The closing date has passed, so this application cannot be sent any more. Your "
                "draft is kept. The office can allow a late application: please call."
            )
        )


def _submit(
    application: Application,
    facts: dict,
    content: dict,
    pdf: bytes,
    *,
    key: uuid.UUID,
    by,
    now: dt.datetime,
) -> ApplicationVersion:
    last = application.versions.order_by("-number").first()
    is_first = application.state in BEFORE_SUBMISSION
    asked = None if is_first else open_request(application)
    if asked and last and last.digest == digest_of(content) and not asked.answer:
        raise RefusedError(_("Nothing has been changed yet. Change something, or write why not."))
    if is_first:
        facts |= {"submitted_at": now, "hold": _is_paused(application)}
    actor = move(application, S.SUBMITTED if is_first else S.IN_REVIEW, by=by, now=now, **facts)
    version = ApplicationVersion.objects.create(
        application=application,
        number=last.number + 1 if last else 1,
        submission_key=key,
        content=content,
        digest=digest_of(content),
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        submitted_at=now,
        submitted_by=by,
    )
    kind = Kind.SUBMITTED if is_first else Kind.CHANGES_ANSWERED
    data = {"version": version.number, "digest": version.digest, "pdf": version.pdf_digest}
    events.record(application, kind, actor=actor, by=by, now=now, **data)
    if asked:
        settle(asked, now=now)
        mails.changes_are_in(application, version=version.number, now=now)
    else:
        mails.application_is_in(application, now=now)
    return version


def _is_paused(application: Application) -> bool:
    """Whether the call is paused; it cannot go on until this transaction is over.

    Else what is sent while it is resumed would be put on hold, and nobody would take it off.
    """
    rows = Call.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=application.call_id).state == CallState.PAUSED
