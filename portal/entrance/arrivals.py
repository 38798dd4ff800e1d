"""What is carried through the log-in, and who takes it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise

from portal.models import User

Handler = Callable[[HttpRequest, User, dict], str]


class Carried(NamedTuple):
    """Something for the handler of `kind`; `data` is JSON of at most `flows.MOST_CARRIED` bytes."""

    kind: str
    data: dict


@dataclass(frozen=True)
class Arrival:
    """What happens with one kind of data after the log-in, and the words of its mailed link."""

    handler: Handler
    heading: str | Promise = ""
    text: str | Promise = ""


_arrivals: dict[str, Arrival] = {}


def register_arrival(
    kind: str, handler: Handler, *, heading: str | Promise = "", text: str | Promise = ""
) -> None:
    """Call `handler(request, user, data)` for `kind` from now on; it returns where to go."""
    _arrivals[kind] = Arrival(handler, heading, text)


def of_kind(kind: str) -> Arrival | None:
    return _arrivals.get(kind)
