"""In which parts somebody may act on a case: one answer for pages, verbs and buttons."""

from contacts.roles import Role, agencies_of
from projects.models import Application
from projects.states import Actor
from projects.terms import Channel

CASEWORKERS = frozenset({Role.CASEWORKER})
DECIDERS = frozenset({Role.DECIDER})
COORDINATORS = frozenset({Role.COORDINATOR})
NOTING = frozenset({Role.CASEWORKER, Role.DECIDER, Role.AGENCY_ADMIN})


def actors_for(user, application: Application) -> frozenset[Actor]:
    """The parts in which `user` may act on `application`; none for whoever may only read it.

    Contributors are applicants. Of what came on paper or by telephone, the caseworkers of the
    agency are the hands of the applicant, too. Who has joined the staff since has no part in what
    was their own case.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    contributes = application.contributors.filter(user=user).exists()
    if not user.is_staff:
        return frozenset({Actor.APPLICANT}) if contributes else frozenset()
    if contributes:
        return frozenset()
    found = set()
    if application.agency_id in agencies_of(user, CASEWORKERS):
        found.add(Actor.CASEWORKER)
    if application.agency_id in agencies_of(user, DECIDERS):
        found.add(Actor.DECIDER)
    return frozenset(found)


def may_write(user, application: Application) -> bool:
    """Whether `user` fills in the form: contributors, and caseworkers what came without a browser.

    In which states is another question (`projects.drafts.open_sections`).
    """
    parts = actors_for(user, application)
    if application.channel == Channel.ONLINE:
        return Actor.APPLICANT in parts
    return Actor.CASEWORKER in parts


def may_note(user, application: Application) -> bool:
    """Whether `user` may write notes for colleagues: whoever works on the case or advises on it."""
    if not user.is_staff or not user.is_active:
        return False
    if application.agency_id in agencies_of(user, NOTING):
        return True
    is_coordinator = application.agency_id in agencies_of(user, frozenset({Role.COORDINATOR}))
    return (
        is_coordinator and Application.objects.visible_to(user).filter(pk=application.pk).exists()
    )


def is_caseworker(user, agency_id: int) -> bool:
    return agency_id in agencies_of(user, CASEWORKERS)
