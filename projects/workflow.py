"""Who moves a case, and what has to be true for it: one verb per step.

Each verb is one transaction: it locks the case, asks `projects.states` and its own guards, writes,
adds to the file of the case, and puts its mails into the outbox. Nobody else writes a state.
`submit` renders its document before the transaction and checks inside that nothing has changed.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.snapshot import Snapshot
from projects import actors, documents, events, mails
from projects.answers import Answers, Problem, answers_to, digest_of, frozen
from projects.calendar import end_of_day, last_day
from projects.events import Kind
from projects.models import (
    Application,
    ApplicationVersion,
    ChangeRequest,
    Comment,
    LatePermit,
    Message,
)
from projects.sections import ATTACHMENTS, BY_SLUG
from projects.states import (
    APPLICATION_STEPS,
    BEFORE_SUBMISSION,
    Actor,
    ApplicationState,
    CallState,
    actors_of,
)
from projects.terms import Channel

S = ApplicationState


class RefusedError(ValidationError):
    """A step that cannot be taken now; the message says why and what to do."""


class IncompleteError(Exception):
    """What is missing before an application can be sent, as `problems`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


# The one writer of states ------------------------------------------------------------------------


def _locked(application: Application) -> Application:
    rows = Application.objects.select_related("call__rule_set__programme__agency")
    return rows.select_for_update(of=("self",)).get(pk=application.pk)


def _move(
    application: Application, to: ApplicationState, *, by, now: dt.datetime, **columns
) -> Actor:
    """Write the state of a locked case, if there is such a step and `by` may take it.

    Returns the part in which `by` acted. Raises RefusedError. The UPDATE names the state before,
    so that on a database without row locks, too, a step is taken once.
    """
    allowed = actors_of(APPLICATION_STEPS, application.state, to)
    if not allowed:
        raise RefusedError(_("This is not possible any more: the application has moved on."))
    acting = allowed & actors.actors_for(by, application)
    if not acting:
        raise RefusedError(_("You may not do this."))
    changed = Application.objects.filter(pk=application.pk, state=application.state).update(
        state=to, changed_at=now, **columns
    )
    if not changed:
        raise RefusedError(_("This is not possible any more: the application has moved on."))
    for name, value in {"state": to, "changed_at": now, **columns}.items():
        setattr(application, name, value)
    return min(acting)


# Preliminary check -------------------------------------------------------------------------------


@transaction.atomic
def ask_precheck(application: Application, *, by, now: dt.datetime) -> None:
    """Show a draft to the office for an informal look; it says nothing about the closing date.

    Raises RefusedError without a title, an amount and somebody to call.
    """
    application = _locked(application)
    if not (application.title and application.requested_cents and application.applicant_name):
        raise RefusedError(
            _("For a preliminary check we need a title, who applies, and how much you apply for.")
        )
    actor = _move(application, S.PRECHECK, by=by, now=now)
    events.record(application, Kind.PRECHECK_ASKED, actor=actor, by=by, now=now)
    mails.office_is_asked(application, now=now)


@transaction.atomic
def take_back_precheck(application: Application, *, by, now: dt.datetime) -> None:
    """Go on writing before the office has answered."""
    application = _locked(application)
    if Actor.APPLICANT not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    actor = _move(application, S.DRAFT, by=by, now=now)
    events.record(application, Kind.PRECHECK_TAKEN_BACK, actor=actor, by=by, now=now)


@transaction.atomic
def answer_precheck(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """The office's remarks on a draft, which is open for writing again afterwards."""
    application = _locked(application)
    if Actor.CASEWORKER not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    actor = _move(application, S.DRAFT, by=by, now=now)
    Message.objects.create(
        application=application, author=by, is_from_office=True, text=text, sent_at=now
    )
    event = events.record(application, Kind.PRECHECK_ANSWERED, actor=actor, by=by, now=now)
    mails.precheck_is_answered(application, number=event.number, now=now)


# Submitting --------------------------------------------------------------------------------------


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
        application = _locked(application)
        done = ApplicationVersion.objects.filter(submission_key=key).first()
        if done is not None and done.application_id == application.pk:
            return done
        if not actors.may_write(by, application):
            raise RefusedError(_("You may not do this."))
        _refuse_late(application, now=now)
        present, answers = _content(application, on=on, snapshot=snapshot)
        if digest_of(present) != digest_of(content):
            raise RefusedError(_("Somebody has just changed it. Look at it once more, please."))
        return _submit(application, answers, content, pdf, key=key, by=by, now=now)


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
    answers: Answers,
    content: dict,
    pdf: bytes,
    *,
    key: uuid.UUID,
    by,
    now: dt.datetime,
) -> ApplicationVersion:
    last = application.versions.order_by("-number").first()
    is_first = application.state in BEFORE_SUBMISSION
    asked = None if is_first else _open_request(application)
    if asked and last and last.digest == digest_of(content) and not asked.answer:
        raise RefusedError(_("Nothing has been changed yet. Change something, or write why not."))
    columns: dict = {"total_cents": answers.plan.costs_cents}
    columns["requested_cents"] = answers.plan.requested_cents
    if is_first:
        columns["submitted_at"] = now
        columns["hold"] = application.call.state == CallState.PAUSED
    actor = _move(application, S.SUBMITTED if is_first else S.IN_REVIEW, by=by, now=now, **columns)
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
        ChangeRequest.objects.filter(pk=asked.pk).update(settled_at=now)
        mails.changes_are_in(application, version=version.number, now=now)
    else:
        mails.application_is_in(application, now=now)
    return version


# Review ------------------------------------------------------------------------------------------


@transaction.atomic
def take(application: Application, *, by, now: dt.datetime) -> None:
    """Take an application into review; `by` becomes its caseworker."""
    application = _locked(application)
    actor = _move(application, S.IN_REVIEW, by=by, now=now, caseworker=by)
    events.record(application, Kind.TAKEN, actor=actor, by=by, now=now)


@transaction.atomic
def reassign(application: Application, to, *, by, now: dt.datetime) -> None:
    """Give the case to another caseworker of the agency, in any state before its end."""
    application = _locked(application)
    if Actor.CASEWORKER not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    if not actors.is_caseworker(to, application.agency_id):
        raise RefusedError(_("This person is no caseworker of the agency."))
    Application.objects.filter(pk=application.pk).update(caseworker=to)
    events.record(application, Kind.REASSIGNED, actor=Actor.CASEWORKER, by=by, now=now, to=to.pk)


@transaction.atomic
def request_changes(
    application: Application,
    *,
    sections: Sequence[str],
    text: str,
    due_on: dt.date,
    by,
    now: dt.datetime,
    on: dt.date,
) -> ChangeRequest:
    """Ask the applicant to change the sections with these slugs until the end of `due_on`.

    Raises RefusedError without a section, a text, or a day that is still to come.
    """
    known = [slug for slug in (*BY_SLUG, ATTACHMENTS) if slug in sections]
    if not known:
        raise RefusedError(_("Mark at least one section."))
    if not text.strip():
        raise RefusedError(_("Say what is to be changed."))
    if due_on <= on:
        raise RefusedError(_("Give a day that is still to come."))
    application = _locked(application)
    actor = _move(application, S.CHANGES_REQUESTED, by=by, now=now)
    asked = ChangeRequest.objects.create(
        application=application,
        sections=known,
        text=text,
        due_on=due_on,
        asked_at=now,
        asked_by=by,
    )
    details = {"sections": known, "due_on": due_on.isoformat()}
    events.record(application, Kind.CHANGES_REQUESTED, actor=actor, by=by, now=now, **details)
    mails.changes_are_asked(application, asked, now=now)
    return asked


def _open_request(application: Application) -> ChangeRequest | None:
    return application.change_requests.filter(settled_at=None).first()


@transaction.atomic
def comment_on_request(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """The applicant's word on what was asked, which goes out with the changes."""
    application = _locked(application)
    asked = _open_request(application)
    if asked is None or Actor.APPLICANT not in actors.actors_for(by, application):
        raise RefusedError(_("Nothing is asked of you at the moment."))
    ChangeRequest.objects.filter(pk=asked.pk).update(answer=text)


@transaction.atomic
def end_request(application: Application, *, by, now: dt.datetime) -> None:
    """Go on with the review after the day on which the changes were due."""
    application = _locked(application)
    asked = _open_request(application)
    if asked is not None and now < end_of_day(asked.due_on):
        raise RefusedError(_("The applicant still has time until the day that was set."))
    if Actor.CASEWORKER not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    actor = _move(application, S.IN_REVIEW, by=by, now=now)
    application.change_requests.filter(settled_at=None).update(settled_at=now)
    events.record(application, Kind.CHANGES_ENDED, actor=actor, by=by, now=now)


# Ending and talking ------------------------------------------------------------------------------


@transaction.atomic
def withdraw(application: Application, *, by, now: dt.datetime) -> None:
    """Take the application back for good."""
    application = _locked(application)
    actor = _move(application, S.WITHDRAWN, by=by, now=now)
    application.change_requests.filter(settled_at=None).update(settled_at=now)
    events.record(application, Kind.WITHDRAWN, actor=actor, by=by, now=now)
    mails.application_is_withdrawn(application, now=now)


@transaction.atomic
def send_message(application: Application, text: str, *, by, now: dt.datetime) -> Message:
    """A message from the applicant to the office, or the other way round.

    Raises RefusedError for an empty one, and for whoever has no part in the case.
    """
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    application = _locked(application)
    parts = actors.actors_for(by, application)
    if not parts:
        raise RefusedError(_("You may not do this."))
    from_office = Actor.APPLICANT not in parts
    message = Message.objects.create(
        application=application, author=by, is_from_office=from_office, text=text, sent_at=now
    )
    event = events.record(application, Kind.MESSAGE, actor=min(parts), by=by, now=now)
    mails.message_is_there(application, from_office=from_office, number=event.number, now=now)
    return message


@transaction.atomic
def write_note(application: Application, text: str, *, by, now: dt.datetime) -> Comment:
    """A note for colleagues, which the applicant does not see.

    Raises RefusedError for an empty one, and for whoever only reads the case.
    """
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    if not actors.may_note(by, application):
        raise RefusedError(_("You may not do this."))
    return Comment.objects.create(application=application, author=by, text=text, written_at=now)
