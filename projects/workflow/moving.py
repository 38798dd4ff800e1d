"""The one writer of states: a case is locked and taken one step further, or it is refused."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy

from projects import actors
from projects.models import Application, ChangeRequest, Grant
from projects.states import APPLICATION_STEPS, Actor, ApplicationState, Step, actors_of
from projects.terms import Channel

MOVED_ON = gettext_lazy("This is not possible any more: the application has moved on.")
NOT_YOU = gettext_lazy("You may not do this.")


class RefusedError(ValidationError):
    """A step that cannot be taken now; the message says why and what to do."""


def locked(application: Application) -> Application:
    return _cases().select_for_update(of=("self",)).get(pk=application.pk)


def fresh(application: Application) -> Application:
    """`application` as it stands now, for whoever does not lock it yet."""
    return _cases().get(pk=application.pk)


def _cases():
    return Application.objects.select_related("call__rule_set__programme__agency")


def grant_of(case: Application) -> Grant:
    """The grant of the locked `case`, as it stands now. Raises RefusedError where there is none."""
    found = Grant.objects.select_related("budget").filter(application=case).first()
    if found is None:
        raise RefusedError(MOVED_ON)
    found.application = case
    return found


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
    """`step` of the application itself."""
    return step(application, APPLICATION_STEPS, to, case=application, by=by, now=now, **columns)


def step(
    row: Model,
    steps: tuple[Step, ...],
    to: str,
    *,
    case: Application,
    by,
    now: dt.datetime,
    **columns,
) -> Actor:
    """Write the `state` of a row of the locked `case`, if there is such a step for `by`.

    `row` is the application, or its grant, a payout, an objection, a change. Returns the part in
    which `by` acted; None is the clock. Raises RefusedError. The UPDATE names the state before, so
    that on a database without row locks, too, a step is taken once.
    """
    allowed = actors_of(steps, row.state, to)
    if not allowed:
        raise RefusedError(MOVED_ON)
    acting = allowed & parts_of(by, case) or allowed & _as_hand(by, case)
    if not acting:
        raise RefusedError(NOT_YOU)
    columns = {"state": to, "changed_at": now, **columns}
    rows = type(row)._default_manager.filter(pk=row.pk, state=row.state)
    if not rows.update(**columns):
        raise RefusedError(MOVED_ON)
    for name, value in columns.items():
        setattr(row, name, value)
    return min(acting)


def _as_hand(by, case: Application) -> frozenset[Actor]:
    """Of what came on paper or by telephone, caseworkers take the steps of the applicant."""
    is_hand = case.channel != Channel.ONLINE and by is not None and actors.may_write(by, case)
    return frozenset({Actor.APPLICANT}) if is_hand else frozenset()


def parts_of(by, case: Application) -> frozenset[Actor]:
    """In which parts `by` acts on `case`; None is the clock."""
    return frozenset({Actor.SYSTEM}) if by is None else actors.actors_for(by, case)
