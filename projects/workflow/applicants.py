"""Steps that applicants take: a preliminary check, a word on what was asked, the withdrawal."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from projects import actors, events, mails
from projects.events import Kind
from projects.models import Application, ChangeRequest
from projects.states import Actor, ApplicationState
from projects.workflow.moving import RefusedError, locked, move, open_request, settle
from projects.workflow.proposing import drop

S = ApplicationState


@transaction.atomic
def ask_precheck(application: Application, *, by, now: dt.datetime) -> None:
    """Show a draft to the office for an informal look; it says nothing about the closing date.

    Raises RefusedError without a title, an amount and somebody to call.
    """
    application = locked(application)
    if not (application.title and application.requested_cents and application.applicant_name):
        raise RefusedError(
            _("For a preliminary check we need a title, who applies, and how much you apply for.")
        )
    actor = move(application, S.PRECHECK, by=by, now=now)
    events.record(application, Kind.PRECHECK_ASKED, actor=actor, by=by, now=now)
    mails.office_is_asked(application, now=now)


@transaction.atomic
def take_back_precheck(application: Application, *, by, now: dt.datetime) -> None:
    """Go on writing before the office has answered."""
    application = locked(application)
    if Actor.APPLICANT not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    actor = move(application, S.DRAFT, by=by, now=now)
    events.record(application, Kind.PRECHECK_TAKEN_BACK, actor=actor, by=by, now=now)


@transaction.atomic
def comment_on_request(application: Application, text: str, *, by, now: dt.datetime) -> None:
    """The applicant's word on what was asked, which goes out with the changes."""
    application = locked(application)
    asked = open_request(application)
    if asked is None or Actor.APPLICANT not in actors.actors_for(by, application):
        raise RefusedError(_("Nothing is asked of you at the moment."))
    ChangeRequest.objects.filter(pk=asked.pk).update(answer=text)


@transaction.atomic
def withdraw(application: Application, *, by, now: dt.datetime) -> None:
    """Take the application back for good; nothing is asked, proposed or reserved any more."""
    application = locked(application)
    actor = move(application, S.WITHDRAWN, by=by, now=now, rank=None)
    settle(open_request(application), now=now)
    drop(application, by=by, now=now)
    events.record(application, Kind.WITHDRAWN, actor=actor, by=by, now=now)
    mails.application_is_withdrawn(application, now=now)
