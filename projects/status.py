"""How a case stands, in the eight plain words of the applicant: what is next, who acts, until when.

Staff see the states of `projects.states`; nobody outside has to know them.
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.calendar import last_day
from projects.models import Application
from projects.states import ApplicationState as S


class Label(Enum):
    """In the order of a case that goes well."""

    DRAFT = gettext_lazy("Draft")
    PRECHECK = gettext_lazy("Preliminary check")
    SUBMITTED = gettext_lazy("Submitted")
    IN_REVIEW = gettext_lazy("In review")
    TO_COMPLETE = gettext_lazy("Please complete")
    DECIDED = gettext_lazy("Decided")
    RUNNING = gettext_lazy("Running")
    CLOSED = gettext_lazy("Completed")


LABELS = {
    S.DRAFT: Label.DRAFT,
    S.PRECHECK: Label.PRECHECK,
    S.SUBMITTED: Label.SUBMITTED,
    S.IN_REVIEW: Label.IN_REVIEW,
    S.CHANGES_REQUESTED: Label.TO_COMPLETE,
    S.PROPOSED: Label.IN_REVIEW,
    S.WAITLISTED: Label.IN_REVIEW,
    S.APPROVED: Label.DECIDED,
    S.REJECTED: Label.DECIDED,
    S.WITHDRAWN: Label.CLOSED,
}


@dataclass(frozen=True)
class Status:
    """`who` is who acts next, `until` the last local day for it, None where none is set.

    `is_your_turn` says that the applicant is waited for.
    """

    label: str
    next: str
    who: str
    until: dt.date | None = None
    is_your_turn: bool = False


def status_of(application: Application) -> Status:
    """The status of `application` in the active language."""
    state = S(application.state)
    label = str(LABELS[state].value)
    if state == S.DRAFT:
        return Status(
            label,
            _("You go on writing, and send it before the closing date."),
            _("You"),
            last_day(application.call.closes_at),
            is_your_turn=True,
        )
    if state == S.CHANGES_REQUESTED:
        requests = application.change_requests.all()  # in lists, fetched for all at once
        asked = next((each for each in requests if each.settled_at is None), None)
        return Status(
            label,
            _("You change what is marked, and send it once more."),
            _("You"),
            asked.due_on if asked else None,
            is_your_turn=True,
        )
    who = "" if state == S.WITHDRAWN else str(application.agency)
    return Status(label, _next_step(application, state), who)


def _next_step(application: Application, state: S) -> str:
    if state == S.WITHDRAWN:
        return _("You have withdrawn the application. Nothing more will happen with it.")
    if state == S.PRECHECK:
        return _("The office looks at your draft and writes to you. Nothing has been sent in yet.")
    if state == S.SUBMITTED and application.hold:
        return _(
            "The office checks it. At the moment it cannot promise any money, so the decision "
            "has to wait."
        )
    if state == S.SUBMITTED:
        return _("The office checks whether everything is there.")
    if state == S.WAITLISTED:
        return _("Your application is on the waiting list: the money is used up for now.")
    if state in (S.APPROVED, S.REJECTED):
        return _("The decision is on its way to you by letter.")
    return _("The office checks the application and prepares the decision.")
