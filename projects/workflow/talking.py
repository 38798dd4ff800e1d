"""Messages between applicant and office, and notes among colleagues."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from projects import actors, events, mails
from projects.events import Kind
from projects.models import Application, Comment, Message
from projects.states import Actor
from projects.workflow.moving import RefusedError, locked

TALKING = frozenset({Actor.APPLICANT, Actor.CASEWORKER, Actor.DECIDER})


@transaction.atomic
def send_message(application: Application, text: str, *, by, now: dt.datetime) -> Message:
    """A message from the applicant to the office, or the other way round.

    Raises RefusedError for an empty one, and for whoever has no part in the case.
    """
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    application = locked(application)
    parts = actors.actors_for(by, application) & TALKING
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
