"""The page of one application: what it says, what may be done with it now, and its parts.

Which steps stand there follows from `projects.states` and the part in which somebody acts; each of
them calls one verb.
"""

from collections.abc import Callable, Iterator
from types import ModuleType

from django.http import HttpRequest, HttpResponse

from portal import clock
from projects.admin.cases.frame import Panel, Possible, Seen, in_groups
from projects.models import Application
from projects.states import Actor

PANELS: list[Panel] = []
STEPS: list[Callable[[Seen], Iterator[Possible]]] = []


def register(part: ModuleType) -> None:
    """Add the panel and the steps of `part` to the page, after those that stand there."""
    if hasattr(part, "PANEL"):
        PANELS.append(part.PANEL)
    if hasattr(part, "possible"):
        STEPS.append(part.possible)


def possible_steps(seen: Seen) -> list[Possible]:
    """Exactly the steps that the state of the case allows; none for whoever only reads.

    Why they cannot take one now is told to those who check and decide; it is no use to others.
    """
    if not seen.held:
        return []
    found = [step for steps in STEPS for step in steps(seen)]
    if seen.held & {Actor.CASEWORKER, Actor.DECIDER}:
        return found
    return [step for step in found if not step.reason]


def show(page, request: HttpRequest, case: Application, **context) -> HttpResponse:
    """Everything about the case that this user may know, and what they may do.

    `context` is what takes the place of something on the page, such as a form with its errors.
    """
    seen = Seen(case, request.user, clock.now())
    steps = possible_steps(seen)
    found: dict = {}
    for panel in PANELS:
        found |= panel.read(seen)
    return page.page(
        request,
        "admin/projects/application/case.html",
        {
            "title": case.reference,
            "case": case,
            "steps": [step for step in steps if not step.reason],
            "refused": in_groups(steps),
            "panels": [panel.template for panel in PANELS],
            **found,
            **context,
        },
        status=422 if any(getattr(each, "errors", None) for each in context.values()) else 200,
    )
