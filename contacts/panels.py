"""What other apps add to the page of a place, such as offers and calls.

An app registers a function in its `ready()`; this app calls it without knowing whose it is.
"""

from collections.abc import Callable

from django.http import HttpRequest

from contacts.places import Place

Panel = Callable[[HttpRequest, Place], str]
_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Show what `panel` returns (safe HTML, or "") on the page of each place."""
    if panel not in _panels:
        _panels.append(panel)


def for_place(request: HttpRequest, place: Place) -> list[str]:
    return [html for html in (panel(request, place) for panel in _panels) if html]
