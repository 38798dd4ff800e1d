"""Steps that caseworkers take, up to the proposal of a decision."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from projects import actors, drafts, events, mails
from projects.calendar import end_of_day
from projects.events import Kind
from projects.models import Application, ChangeRequest, Message
from projects.sections import ATTACHMENTS, BY_SLUG
from projects.states import Actor, ApplicationState
from projects.workflow.moving import MOVED_ON, RefusedError, locked, move, open_request, settle

S = ApplicationState
LONGEST = dt.timedelta(days=366)  # that applicants have for changes


@transaction.atomic
def answer_precheck(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """The office's remarks on a draft, which is open for writing again afterwards."""
    application = locked(application)
    if Actor.CASEWORKER not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    actor = move(application, S.DRAFT, by=by, now=now)
    Message.objects.create(
        application=application, author=by, is_from_office=True, text=text, sent_at=now
    )
    event = events.record(application, Kind.PRECHECK_ANSWERED, actor=actor, by=by, now=now)
    mails.precheck_is_answered(application, number=event.number, now=now)


@transaction.atomic
def take(application: Application, *, by, now: dt.datetime) -> None:
    """Take an application into review; `by` becomes its caseworker."""
    application = locked(application)
    if application.state != S.SUBMITTED:
        raise RefusedError(MOVED_ON)
    actor = move(application, S.IN_REVIEW, by=by, now=now, caseworker=by)
    events.record(application, Kind.TAKEN, actor=actor, by=by, now=now)


@transaction.atomic
def reassign(application: Application, to, *, by, now: dt.datetime) -> None:
    """Give the case to another caseworker of the agency, in any state before its end."""
    application = locked(application)
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

    Raises RefusedError without a section, a text, or a day to come within a year.
    """
    known = [slug for slug in (*BY_SLUG, ATTACHMENTS) if slug in sections]
    if not known:
        raise RefusedError(_("Mark at least one section."))
    if not text.strip():
        raise RefusedError(_("Say what is to be changed."))
    if due_on <= on:
        raise RefusedError(_("Give a day that is still to come."))
    if due_on > on + LONGEST:
        raise RefusedError(_("Give a day within a year."))
    application = locked(application)
    actor = move(application, S.CHANGES_REQUESTED, by=by, now=now)
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


@transaction.atomic
def end_request(application: Application, *, by, now: dt.datetime) -> None:
    """Go on with the review after the day on which the changes were due.

    What the applicant has typed and not sent goes: nobody has seen it, and a later request for
    other sections would send it along.
    """
    application = locked(application)
    asked = open_request(application)
    if asked is None:
        raise RefusedError(MOVED_ON)
    if now < end_of_day(asked.due_on):
        raise RefusedError(_("The applicant still has time until the day that was set."))
    if Actor.CASEWORKER not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    actor = move(application, S.IN_REVIEW, by=by, now=now)
    settle(asked, now=now)
    drafts.go_back(application, asked.sections, now=now)
    events.record(application, Kind.CHANGES_ENDED, actor=actor, by=by, now=now)
