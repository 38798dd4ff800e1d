"""What other apps add to the pages of places and agencies, such as offers and calls.

An app registers functions in its `ready()`; this app calls them without knowing whose they are. A
panel whose text changes by the clock brings a `state`, which becomes part of the page's ETag.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from django.http import HttpRequest

from contacts.places import Place
from contacts.published import AgencyView

Subject = TypeVar("Subject")
Panel = Callable[[HttpRequest, Subject], str]
State = Callable[[HttpRequest], object]


class Panels(Generic[Subject]):
    """The panels of one kind of page, in the order in which they were registered."""

    def __init__(self) -> None:
        self._panels: dict[Panel, State | None] = {}

    def register(self, panel: Panel, *, state: State | None = None) -> None:
        """Show what `panel` returns (safe HTML, or "") on each page."""
        self._panels[panel] = state

    def shown(self, request: HttpRequest, subject: Subject) -> list[str]:
        return [html for html in (panel(request, subject) for panel in self._panels) if html]

    def state(self, request: HttpRequest) -> tuple:
        """For `public_page(state=…)`: what the panels depend on besides version and date."""
        return tuple(state(request) for state in self._panels.values() if state is not None)


of_places: Panels[Place] = Panels()
of_agencies: Panels[AgencyView] = Panels()
