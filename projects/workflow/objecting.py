"""Objections: filed by the applicant or entered by the office, and decided by somebody else.

While one is open, nothing is paid and the decision does not become final. One that comes late is
flagged and decided on like any other.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, events, letters, mails
from projects.events import Kind
from projects.models import Application, Letter, Objection
from projects.states import OBJECTION_STEPS, Actor, ApplicationState, ObjectionState
from projects.workflow import issuing
from projects.workflow.moving import NOT_YOU, RefusedError, locked, move, step

# A hearing only asks; against the decision on an objection one goes to court.
OPEN_TO_OBJECTION = frozenset(Letter.Kind) - {Letter.Kind.HEARING, Letter.Kind.OBJECTION}


@transaction.atomic
def file(letter: Letter, text: str, *, received_on: dt.date, by, now: dt.datetime) -> Objection:
    """Object to `letter`. The applicant's own is received today; the office enters when it came.

    Raises RefusedError without a text, for a day outside the time since the letter, while another
    objection to the letter is open, and for letters to which nobody can object.
    """
    case = locked(letter.application)
    parts = actors.actors_for(by, case) & {Actor.APPLICANT, Actor.CASEWORKER, Actor.DECIDER}
    if not parts:
        raise RefusedError(NOT_YOU)
    if letter.kind not in OPEN_TO_OBJECTION:
        raise RefusedError(_("Nobody can object to this letter."))
    if not text.strip():
        raise RefusedError(_("Write at least one sentence."))
    today = clock.today(now)
    if Actor.APPLICANT in parts:
        received_on = today
    if not letter.dated <= received_on <= today:
        raise RefusedError(_("It was received between the day of the letter and today."))
    if letter.objections.filter(state=ObjectionState.OPEN).exists():
        raise RefusedError(_("There is an open objection to this letter already."))
    filed = Objection.objects.create(
        application=case,
        letter=letter,
        text=text.strip(),
        received_on=received_on,
        is_late=is_late(letter, received_on=received_on),
        filed_at=now,
        filed_by=by,
        changed_at=now,
    )
    data = {"letter": letter.number, "received_on": received_on.isoformat(), "late": filed.is_late}
    events.record(case, Kind.OBJECTED, actor=min(parts), by=by, now=now, **data)
    mails.objection_is_in(case, filed, now=now)
    return filed


def is_late(letter: Letter, *, received_on: dt.date) -> bool:
    """Whether the time for an objection was over; where nobody knows, it was not.

    Of a letter that went two ways, the first announcement counts.
    """
    days = letter.deliveries.filter(objection_until__isnull=False)
    last = days.order_by("objection_until").values_list("objection_until", flat=True).first()
    return last is not None and received_on > last


@transaction.atomic
def withdraw(objection: Objection, *, by, now: dt.datetime) -> None:
    """Take the objection back for good: what was decided stands."""
    case = locked(objection.application)
    objection = Objection.objects.get(pk=objection.pk)
    actor = step(objection, OBJECTION_STEPS, ObjectionState.WITHDRAWN, case=case, by=by, now=now)
    data = {"letter": objection.letter.number}
    events.record(case, Kind.OBJECTION_WITHDRAWN, actor=actor, by=by, now=now, **data)
    mails.objection_is_withdrawn(case, objection, now=now)


def decide(
    objection: Objection, outcome: ObjectionState, *, reason: str, by, now: dt.datetime
) -> Letter:
    """Uphold the decision, or grant the objection: then a refused application is reopened.

    Issues the letter that says so. Raises RefusedError without a reason, and for whoever has
    decided the first time.
    """
    if not reason.strip():
        raise RefusedError(_("Say why."))

    def compose(case: Application) -> dict:
        filed = Objection.objects.select_related("letter", "application").get(pk=objection.pk)
        return letters.objection(
            filed, outcome=outcome, reason=reason.strip(), dated=clock.today(now), by=by
        )

    def act(case: Application, letter: Letter) -> Actor:
        filed = Objection.objects.select_related("letter").get(pk=objection.pk)
        if filed.letter.issued_by_id == by.pk:
            raise RefusedError(_("You have decided the first time; somebody else decides now."))
        columns = {"decided_at": now, "decided_by": by, "reason": reason.strip()}
        actor = step(filed, OBJECTION_STEPS, outcome, case=case, by=by, now=now, **columns)
        data = {"letter": filed.letter.number, "outcome": str(outcome)}
        events.record(case, Kind.OBJECTION_DECIDED, actor=actor, by=by, now=now, **data)
        if _is_against_the_refusal(filed, case) and outcome == ObjectionState.GRANTED:
            reopen(case, by=by, now=now)
        return actor

    return issuing.issue(objection.application, compose, act, by=by, now=now)


def _is_against_the_refusal(filed: Objection, case: Application) -> bool:
    return case.state == ApplicationState.REJECTED and filed.letter.kind == Letter.Kind.REFUSAL


@transaction.atomic
def reopen(application: Application, *, by, now: dt.datetime) -> None:
    """Take a refused application into review once more. Raises RefusedError while nothing says so.

    That is: while no objection to the last refusal was granted.
    """
    case = locked(application)
    refusal = case.letters.filter(kind=Letter.Kind.REFUSAL).order_by("number").last()
    if not case.objections.filter(letter=refusal, state=ObjectionState.GRANTED).exists():
        raise RefusedError(_("A refused application is reopened when an objection was granted."))
    actor = move(case, ApplicationState.IN_REVIEW, by=by, now=now)
    events.record(case, Kind.REOPENED, actor=actor, by=by, now=now)
