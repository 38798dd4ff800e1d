"""What goes with an account, and what has to stay."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.models import User
from projects import drafts, sharing, workflow
from projects.keeping import restriction
from projects.models import Application, Contributor
from projects.states import ApplicationState


def _unsent(user: User) -> QuerySet:
    """What `user` began and never sent: with nobody but them, and those who write along."""
    part = Q(contributors__user=user, contributors__role=Contributor.Role.OWNER)
    return Application.objects.filter(part, submitted_at=None)


def _sent(user: User) -> QuerySet:
    """What `user` began and sent: it has to be kept for a while."""
    part = Q(contributors__user=user, contributors__role=Contributor.Role.OWNER)
    return Application.objects.filter(part, submitted_at__isnull=False)


@transaction.atomic
def erase(user: User, now: dt.datetime) -> bool:
    """Delete what was never sent, write along nowhere any more; True when something stays.

    What stays and is over is locked from normal view (`projects.keeping.restriction`).
    """
    for application in _unsent(user).order_by("pk"):
        if application.state == ApplicationState.PRECHECK:
            workflow.take_back_precheck(application, by=user, now=now)
        drafts.delete(application, by=user)
    for application in _sent(user).order_by("pk"):  # what is over is locked, what goes on is not
        restriction.restrict(application, by=user, now=now)
    sharing.forget(user, now=now)
    return _stays(user)


def _stays(user: User) -> bool:
    """Whether the file of any case names the account."""
    return (
        Contributor.objects.filter(user=user).exists()
        or Application.objects.filter(events__user=user).exists()
    )


def kept(user: User) -> str:
    """What was sent, and where somebody else's application goes on; "" for nothing."""
    parts = Contributor.objects.filter(user=user)
    own = parts.filter(role=Contributor.Role.OWNER, application__submitted_at__isnull=False)
    numbers = sorted(own.values_list("application__reference", flat=True))
    sentences = []
    if numbers:
        sentences.append(
            _(
                "What you have sent (%(numbers)s) stays in the files of the office, which has to "
                "account for public money, until the time for keeping them is over. It is still "
                "worked on, and the office then writes to you by letter. If you do not want that, "
                "withdraw it first."
            )
            % {"numbers": ", ".join(numbers)}
        )
    if parts.filter(role=Contributor.Role.EDITOR).exists():
        sentences.append(
            _(
                "What you have written in applications of others stays there. Your name and "
                "address do not."
            )
        )
    return " ".join(sentences)
