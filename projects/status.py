"""How a case stands, in the eight plain words of the applicant: what is next, who acts, until when.

Staff see the states of `projects.states`; nobody outside has to know them.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from projects import grant_status
from projects.calendar import last_day
from projects.labels import Label, Status
from projects.models import Application
from projects.standing import has_open_objection
from projects.states import ApplicationState as S

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


def for_lists(rows: QuerySet) -> QuerySet:
    """Applications with all that `status_of` reads, in a constant number of queries."""
    rows = rows.select_related("call", "agency", "rule_set", "grant__proof", "grant__claim")
    return rows.prefetch_related(
        "call__translations",
        "agency__translations",
        "change_requests",
        "objections",
        "grant__extensions",
    )


def status_of(application: Application) -> Status:
    """The status of `application` in the active language.

    In lists, what it reads has been fetched for all at once (`for_lists`).
    """
    state = S(application.state)
    grant = getattr(application, "grant", None)
    if grant is not None:
        return grant_status.status_of(grant)
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
    if state == S.REJECTED and has_open_objection(application):
        return _("You have objected. The office decides on it once more, and writes to you.")
    if state == S.REJECTED:
        return _("The office has refused the grant. The letter says why, and how you can object.")
    if state == S.APPROVED:
        return _("The decision is on its way to you by letter.")
    return _("The office checks the application and prepares the decision.")
