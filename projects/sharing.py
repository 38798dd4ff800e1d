"""Several people at one application: invited by e-mail, in after a code of their own, out again."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from projects import actors, events, mails
from projects.events import Kind
from projects.models import Application, Contributor, Invitation
from projects.states import Actor, ApplicationState

MOST = 10  # people at one application; more are a mailing list


class RefusedError(ValidationError):
    """What cannot be done; the message says why."""


@transaction.atomic
def invite(application: Application, email: str, *, by, now: dt.datetime) -> Invitation:
    """Ask the owner of `email` to write along; a second time renews the link.

    Raises RefusedError for whoever writes along already, and when there are too many.
    """
    application = _locked(application, by)
    address = email.strip().lower()
    if application.contributors.filter(user__email__lower=address).exists():
        raise RefusedError(_("This person writes along already."))
    waiting = application.invitations.filter(closed_at=None)
    _close(waiting.filter(email=address), now=now)
    if application.contributors.count() + waiting.count() >= MOST:
        raise RefusedError(
            _("At most %(number)s people can write one application.") % {"number": MOST}
        )
    invited = Invitation.objects.create(
        application=application, email=address, invited_by=by, invited_at=now
    )
    events.record(
        application, Kind.INVITED, actor=Actor.APPLICANT, by=by, now=now, invitation=invited.pk
    )
    mails.invitation(invited, now=now)
    return invited


@transaction.atomic
def take_back(invited: Invitation, *, by, now: dt.datetime) -> None:
    """Close an invitation before somebody has come; its link leads nowhere then."""
    _locked(invited.application, by, also_closed=True)
    _close(Invitation.objects.filter(pk=invited.pk), now=now)


def _close(invitations: QuerySet, *, now: dt.datetime) -> int:
    """Nobody can come by these any more; returns how many were open. Their addresses go."""
    return invitations.filter(closed_at=None).update(closed_at=now, email="")


@transaction.atomic
def accept(number: int, user, *, now: dt.datetime) -> Application | None:
    """Let `user` in, whose address was invited; None for an invitation that no longer holds."""
    found = Invitation.objects.filter(pk=number).select_related("application").first()
    if found is None or user.is_staff:
        return None
    rows = Application.objects.select_for_update(of=("self",))
    application = rows.filter(pk=found.application_id).first()
    if application is None:  # deleted at this moment
        return None
    if application.contributors.filter(user=user).exists():
        return application
    own = Invitation.objects.filter(pk=found.pk, email=user.email.lower())
    if not _close(own, now=now):
        return None
    Contributor.objects.create(application=application, user=user, joined_at=now)
    events.record(application, Kind.JOINED, actor=Actor.APPLICANT, by=user, now=now)
    return application


@transaction.atomic
def remove(contributor: Contributor, *, by, now: dt.datetime) -> None:
    """Let somebody go: the owner anybody else, everybody themselves. The owner stays.

    Whom they have asked to come, and who has not come yet, stays outside, too.
    """
    application = _locked(contributor.application, by, also_closed=True)
    owner = application.contributors.filter(role=Contributor.Role.OWNER).first()
    if contributor == owner:
        raise RefusedError(_("Whoever began the application stays with it."))
    if by not in (contributor.user, owner.user if owner else None):
        raise RefusedError(_("Only whoever began the application can remove others."))
    if not Contributor.objects.filter(pk=contributor.pk).delete()[0]:
        return  # somebody else was quicker
    _close(application.invitations.filter(invited_by=contributor.user), now=now)
    events.record(application, Kind.LEFT, actor=Actor.APPLICANT, by=by, now=now)


@transaction.atomic
def forget(user, *, now: dt.datetime) -> None:
    """Whoever is erased writes along nowhere any more, and neither invites nor is invited.

    What they began themselves stays theirs.
    """
    parts = Contributor.objects.filter(user=user, role=Contributor.Role.EDITOR)
    for part in parts.order_by("application_id"):
        rows = Application.objects.select_for_update(of=("self",))
        application = rows.get(pk=part.application_id)
        if Contributor.objects.filter(pk=part.pk).delete()[0]:
            actor = Actor.APPLICANT
            events.record(application, Kind.LEFT, actor=actor, by=user, now=now)
    _close(
        Invitation.objects.filter(Q(email__lower=user.email.lower()) | Q(invited_by=user)), now=now
    )


def _locked(application: Application, by, *, also_closed: bool = False) -> Application:
    """Lock it, for a contributor. Raises RefusedError for others, and after a withdrawal.

    With `also_closed`, it may be withdrawn: people can leave for ever.
    """
    rows = Application.objects.select_related("call__rule_set__programme__agency")
    application = rows.select_for_update(of=("self",)).get(pk=application.pk)
    if Actor.APPLICANT not in actors.actors_for(by, application):
        raise RefusedError(_("You may not do this."))
    if application.state == ApplicationState.WITHDRAWN and not also_closed:
        raise RefusedError(_("This application is closed."))
    return application
