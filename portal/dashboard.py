"""What needs doing: the list at the head of the administration's start page.

An app registers a section in its `ready()`; the start page asks each for the user of the request
and shows all lines together, those that concern most look-ups first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing to do: `what` is a text link to `url`, where it is done; `detail` says more.

    `look_ups` is how many of the recent look-ups it concerns. `rank` decides among equals: the
    smaller comes first.
    """

    what: str
    url: str
    detail: str = ""
    look_ups: int = 0
    rank: int = 100


Section = Callable[[HttpRequest], Iterable[Line]]
_sections: list[Section] = []


def register(section: Section) -> None:
    """Ask `section` for its lines whenever somebody opens the start page."""
    if section not in _sections:
        _sections.append(section)


def lines(request: HttpRequest) -> list[Line]:
    """What needs doing for the user of `request`, the most asked for first."""
    found = [line for section in _sections for line in section(request)]
    return sorted(found, key=lambda line: (-line.look_ups, line.rank, line.what))
