"""What the pages of an applicant have in common."""

import datetime as dt
import uuid
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from contacts.cards import Card, cards_of
from contacts.resolver import resolve
from contacts.snapshot import current
from portal import clock, limits
from portal.entrance import applicant_page
from portal.public import View
from projects.answers import Answers, answers_to
from projects.models import Application

MAILS_AN_HOUR = 30  # to the office, from one account


def case_page(view: View) -> View:
    """Decorate a view of one case, for those who have a part in it: an `applicant_page`.

    Whoever acts while somebody else deletes the case is told that it is not there.
    """

    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Application.DoesNotExist as gone:
            raise Http404("deleted at this moment") from gone

    return applicant_page(page)


def case_of(request: HttpRequest, case: uuid.UUID) -> Application:
    """The application with this UUID, if the applicant has a part in it; else 404."""
    rows = Application.objects.visible_to(request.applicant).select_related(
        "call__rule_set__programme__agency", "agency", "assigned_post"
    )
    found = rows.prefetch_related("call__translations", "sections").filter(uuid=case).first()
    if found is None:
        raise Http404("no such application")
    return found


def answers_for(request: HttpRequest, application: Application) -> Answers:
    return answers_to(application, on=request.on, snapshot=current(request.versions))


def moment(request: HttpRequest) -> dict:
    """The keywords that every verb wants: who, and when."""
    return {"by": request.applicant, "now": request.now}


def place_and_time(request: HttpRequest) -> dict[str, object]:
    """The keywords of verbs that read places: who, when, and what places there are."""
    return {**moment(request), "on": request.on, "snapshot": current(request.versions)}


def last_saved(application: Application) -> dt.datetime:
    return max((row.saved_at for row in application.sections.all()), default=application.saved_at)


def advisor_of(request: HttpRequest, found: Application) -> Card | None:
    """Who answers for the place of the project today."""
    snapshot = current(request.versions)
    place = snapshot.gazetteer.by_id.get(found.area_id)
    if place is None:
        return None
    answer = resolve(place, on=request.on, snapshot=snapshot)
    return next(iter(cards_of(answer, clock.local(request.now))), None)


def may_write_to_the_office(request: HttpRequest) -> bool:
    """Count one more thing that brings the office a mail."""
    of = f"user:{request.applicant.pk}"
    return limits.is_within(request, "to-office", amount=MAILS_AN_HOUR, now=request.now, of=of)
