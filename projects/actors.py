"""In which parts somebody may act on a case: one answer for pages, verbs and buttons."""

from contacts.roles import Role, agencies_of
from projects.models import Application
from projects.states import Actor

CASEWORKERS = frozenset({Role.CASEWORKER})
DECIDERS = frozenset({Role.DECIDER})


def actors_for(user, application: Application) -> frozenset[Actor]:
    """The parts in which `user` may act on `application`; none for whoever may only read it.

    Contributors are applicants. Of what came on paper or by telephone, the caseworkers of the
    agency are the hands of the applicant, too.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not user.is_staff:
        contributes = application.contributors.filter(user=user).exists()
        return frozenset({Actor.APPLICANT}) if contributes else frozenset()
    found = set()
    if application.agency_id in agencies_of(user, CASEWORKERS):
        found.add(Actor.CASEWORKER)
    if application.agency_id in agencies_of(user, DECIDERS):
        found.add(Actor.DECIDER)
    return frozenset(found)


def is_caseworker(user, agency_id: int) -> bool:
    return agency_id in agencies_of(user, CASEWORKERS)
