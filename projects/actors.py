"""In which parts somebody may act on a case: one answer for pages, verbs and buttons."""

from contacts.roles import Role, agencies_of
from projects.models import Application, CaseEvent, Contributor
from projects.states import Actor
from projects.terms import Channel

CASEWORKERS = frozenset({Role.CASEWORKER})
DECIDERS = frozenset({Role.DECIDER})
FINANCE = frozenset({Role.FINANCE})
FUNDING_ADMINS = frozenset({Role.AGENCY_ADMIN})
COORDINATORS = frozenset({Role.COORDINATOR})
OPPOSITE = {Actor.CASEWORKER: Actor.DECIDER, Actor.DECIDER: Actor.CASEWORKER}
NOTING = frozenset({Role.CASEWORKER, Role.DECIDER, Role.AGENCY_ADMIN})


def actors_for(user, application: Application) -> frozenset[Actor]:
    """The parts in which `user` may act on `application`; none for whoever may only read it.

    Contributors are applicants. Of what came on paper or by telephone, the caseworkers of the
    agency are the hands of the applicant, too. Who has joined the staff since has no part in what
    was their own case, also after they were taken off it. Whoever has acted as caseworker on a case
    never decides it, and the other way round, whatever roles they hold.
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
    if application.agency_id in agencies_of(user, FINANCE):
        found.add(Actor.FINANCE)
    return frozenset(found - _other_side(user, application, found))


def _other_side(user, application: Application, parts: set[Actor]) -> set[Actor]:
    """Of `parts`, those opposite to the one in which `user` has acted on this case before.

    To an applicant all are; the hand of one is a caseworker.
    """
    if not parts:
        return set()
    sides = [*OPPOSITE, Actor.APPLICANT]
    acted = application.events.filter(user=user, actor__in=sides).order_by("number")
    first = acted.values_list("actor", flat=True).first()
    if first == Actor.APPLICANT:
        return parts if application.channel == Channel.ONLINE else {Actor.DECIDER}
    return {OPPOSITE[Actor(first)]} if first else set()


def decidable(applications, user):
    """Of `applications`, those in whose way to a decision `user` has had no part so far."""
    sides = [Actor.CASEWORKER, Actor.APPLICANT]
    acted = CaseEvent.objects.filter(user=user, actor__in=sides)
    own = Contributor.objects.filter(user=user)
    return applications.exclude(pk__in=acted.values("application")).exclude(
        pk__in=own.values("application")
    )


def may_change(by, agency_id: int) -> bool:
    """Whether `by` may change programmes, rule sets, calls and budgets of the agency."""
    if by.is_superuser and by.is_active:
        return True
    return agency_id in agencies_of(by, FUNDING_ADMINS)


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
