"""What every part of the page of a case is made of: the case as somebody looks at it, its steps.

A part of the page is a module beside this one with `VIEWS` (by name of the address: its path, and
its view), and as far as it has them `PANEL` and `possible`. It stands in `projects.admin.cases`.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.roles import agencies_of
from contacts.snapshot import current
from portal import clock, data_version
from projects import actors
from projects.actors import CASEWORKERS, DECIDERS, FINANCE
from projects.answers import Answers, answers_to
from projects.models import Application
from projects.states import Actor
from projects.terms import Channel

View = Callable[..., HttpResponse]
ROLES = {Actor.CASEWORKER: CASEWORKERS, Actor.DECIDER: DECIDERS, Actor.FINANCE: FINANCE}


@dataclass(frozen=True)
class Seen:
    """A case as `user` looks at it at the instant `now`."""

    case: Application
    user: object
    now: dt.datetime

    @cached_property
    def parts(self) -> frozenset[Actor]:
        """In which parts the user may act."""
        return actors.actors_for(self.user, self.case)

    @cached_property
    def held(self) -> frozenset[Actor]:
        """What the user does for the agency, whether or not on this case."""
        agency = self.case.agency_id
        return frozenset(
            actor for actor, roles in ROLES.items() if agency in agencies_of(self.user, roles)
        )

    @cached_property
    def is_own(self) -> bool:
        """Whether the user has written it along, perhaps before they joined the staff."""
        if self.case.contributors.filter(user=self.user).exists():
            return True
        wrote = self.case.events.filter(user=self.user, actor=Actor.APPLICANT)
        return self.case.channel == Channel.ONLINE and wrote.exists()

    @property
    def on(self) -> dt.date:
        return clock.today(self.now)

    def why_not(self, actor: Actor) -> str:
        """Why the user does not act as `actor` here, in words; "" for whoever does."""
        if actor in self.parts:
            return ""
        if actor in self.held and self.is_own:
            return _("You have written this application yourself; a colleague does this.")
        if actor in self.held and actor == Actor.DECIDER:
            return _("You have worked on this case as caseworker; somebody else decides.")
        if actor in self.held:
            return _("You have decided on this case; somebody else checks it.")
        return {
            Actor.CASEWORKER: _("A caseworker does this."),
            Actor.DECIDER: _("A decider does this."),
            Actor.FINANCE: _("The finance office does this."),
        }[actor]


@dataclass(frozen=True)
class Possible:
    """A step that the state of the case allows, and in words why this user cannot take it now.

    A step `by_post` is a button that takes it, another one leads to the page at `url`.
    """

    name: str
    label: str
    url: str
    reason: str = ""
    by_post: bool = False
    is_main: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of the page: `read` gives what `template` shows, under names of its own."""

    template: str
    read: Callable[[Seen], Mapping]


def in_groups(steps: Iterable[Possible]) -> list[tuple[str, list[str]]]:
    """What cannot be done: by reason, the labels of the steps."""
    found: dict[str, list[str]] = {}
    for step in steps:
        if step.reason:
            found.setdefault(step.reason, []).append(step.label)
    return list(found.items())


# Finding ------------------------------------------------------------------------------------------


def case_of(page, request: HttpRequest, pk: int) -> Application:
    """The application with this key, if the user sees it; else 404."""
    found = page.get_queryset(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def address(case: Application, name: str = "change", *arguments: int | str | uuid.UUID) -> str:
    return reverse(f"admin:projects_application_{name}", args=[case.pk, *arguments])


def moment(request: HttpRequest) -> dict:
    return {"by": request.user, "now": clock.now()}


def answers_for(case: Application, *, now: dt.datetime) -> Answers:
    return answers_to(case, on=clock.today(now), snapshot=current(data_version.read()))


# Steps --------------------------------------------------------------------------------------------


def by_post(view: View) -> View:
    """Make a view of a case, `(page, request, case, …)`, that answers to POST alone."""

    @wraps(view)
    def checked(page, request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(page, request, case_of(page, request, pk), *args, **kwargs)

    return checked


def done(
    request: HttpRequest, case: Application, verb: Callable, said: str, *args, **kwargs
) -> HttpResponse:
    """Take a step; say what has been done, or why not; come back to the page of the case.

    `verb` gets the case, or what stands in `of` instead of it.
    """
    subject = kwargs.pop("of", case)
    try:
        verb(subject, *args, **moment(request), **kwargs)
    except ValidationError as refused:
        for text in refused.messages:
            messages.error(request, text)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(address(case))
