"""The one writer of states: a case is locked and taken one step further, or it is refused."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import actors
from projects.models import Application, ChangeRequest
from projects.states import APPLICATION_STEPS, Actor, ApplicationState, actors_of

MOVED_ON = gettext_lazy("This is not possible any more: the application has moved on.")


class RefusedError(ValidationError):
    """A step that cannot be taken now; the message says why and what to do."""


def locked(application: Application) -> Application:
    rows = Application.objects.select_related("call__rule_set__programme__agency")
    return rows.select_for_update(of=("self",)).get(pk=application.pk)


def open_request(application: Application) -> ChangeRequest | None:
    return application.change_requests.filter(settled_at=None).first()


def settle(asked: ChangeRequest | None, *, now: dt.datetime) -> None:
    """Nothing is asked any more; `now` may be that of a page that was sent before it was asked."""
    if asked is not None:
        at = max(now, asked.asked_at)
        ChangeRequest.objects.filter(pk=asked.pk).update(settled_at=at)


def move(
    application: Application, to: ApplicationState, *, by, now: dt.datetime, **columns
) -> Actor:
    """Write the state of a locked case, if there is such a step and `by` may take it.

    Returns the part in which `by` acted. Raises RefusedError. The UPDATE names the state before,
    so that on a database without row locks, too, a step is taken once.
    """
    allowed = actors_of(APPLICATION_STEPS, application.state, to)
    if not allowed:
        raise RefusedError(MOVED_ON)
    acting = allowed & actors.actors_for(by, application)
    if not acting:
        raise RefusedError(_("You may not do this."))
    changed = Application.objects.filter(pk=application.pk, state=application.state).update(
        state=to, changed_at=now, **columns
    )
    if not changed:
        raise RefusedError(MOVED_ON)
    for name, value in {"state": to, "changed_at": now, **columns}.items():
        setattr(application, name, value)
    return min(acting)
