"""Which step may follow which: tables, and nothing else. `projects.workflow` moves the cases.

Source: the procedure as docs/grants.md describes it. A step names who may take it; guards (time,
completeness, money) are checked by the verb that takes it.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Actor(StrEnum):
    """In which part somebody acts on a case."""

    APPLICANT = "applicant"
    CASEWORKER = "caseworker"
    DECIDER = "decider"
    SYSTEM = "system"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PRECHECK = "precheck", _("Preliminary check")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    PROPOSED = "proposed", _("Decision proposed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WAITLISTED = "waitlisted", _("Waiting list")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = ApplicationState
BEFORE_SUBMISSION = frozenset({S.DRAFT, S.PRECHECK})
UNDECIDED = frozenset({S.SUBMITTED, S.IN_REVIEW, S.CHANGES_REQUESTED, S.PROPOSED, S.WAITLISTED})


class CallState(models.TextChoices):
    """A call is `open` and `closed` by the clock; paused, it still takes applications."""

    DRAFT = "draft", _("Draft")
    ANNOUNCED = "announced", _("Announced")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


@dataclass(frozen=True)
class Step:
    """A step that may be taken, and by whom."""

    before: str
    after: str
    actors: frozenset[Actor]


def _step(before: str, after: str, *actors: Actor) -> Step:
    return Step(before, after, frozenset(actors))


APPLICATION_STEPS = (
    _step(S.DRAFT, S.PRECHECK, Actor.APPLICANT),
    _step(S.PRECHECK, S.DRAFT, Actor.APPLICANT, Actor.CASEWORKER),
    _step(S.DRAFT, S.SUBMITTED, Actor.APPLICANT, Actor.CASEWORKER),
    _step(S.PRECHECK, S.SUBMITTED, Actor.APPLICANT),
    _step(S.SUBMITTED, S.IN_REVIEW, Actor.CASEWORKER),
    _step(S.IN_REVIEW, S.CHANGES_REQUESTED, Actor.CASEWORKER),
    _step(S.CHANGES_REQUESTED, S.IN_REVIEW, Actor.APPLICANT, Actor.CASEWORKER),
    *(
        _step(before, S.WITHDRAWN, Actor.APPLICANT)
        for before in (S.DRAFT, S.PRECHECK, S.SUBMITTED, S.IN_REVIEW, S.CHANGES_REQUESTED)
    ),
)

C = CallState
CALL_STEPS = (
    _step(C.DRAFT, C.ANNOUNCED, Actor.CASEWORKER),
    _step(C.ANNOUNCED, C.DRAFT, Actor.CASEWORKER),
    _step(C.ANNOUNCED, C.OPEN, Actor.SYSTEM),
    _step(C.OPEN, C.PAUSED, Actor.CASEWORKER),
    _step(C.PAUSED, C.OPEN, Actor.CASEWORKER),
    _step(C.OPEN, C.CLOSED, Actor.SYSTEM),
    _step(C.PAUSED, C.CLOSED, Actor.SYSTEM),
)


def actors_of(steps: tuple[Step, ...], before: str, after: str) -> frozenset[Actor]:
    """Who may go from `before` to `after`; nobody where there is no such step."""
    return next(
        (step.actors for step in steps if (step.before, step.after) == (before, after)),
        frozenset(),
    )
