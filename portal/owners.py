"""To whom a row of the ground floor belongs, without knowing what an agency is.

A row such as an `OutboxMessage` carries the key of its owner (the agency's key, as in its
address, like `portal.models.Page.owner`), "" for the installation itself. `portal` may not import
`contacts`, so the app that knows owners registers here, in its `ready()`, who belongs to which. A
key instead of an id keeps the row readable, and keeps a foreign key from pointing upwards; keys
are stored once and never change. Without a registered app, only superusers see such rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Owners:
    """What an app knows about owners.

    `seen_by(user)` and `changed_by(user)` give the keys of the owners whose rows the active user
    may read, or act on; superusers need not be thought of. `names()` has a name for each key.
    """

    seen_by: Callable[[object], Iterable[str]]
    changed_by: Callable[[object], Iterable[str]]
    names: Callable[[], Mapping[str, str]]


NOBODY = Owners(seen_by=lambda user: (), changed_by=lambda user: (), names=dict)
_registered = NOBODY


def register(owners: Owners) -> None:
    """Ask `owners` from now on; there is one such app."""
    global _registered
    _registered = owners


def seen_by(user) -> frozenset[str]:
    """The owners whose rows `user` may read; kept on the user object, that is for one request."""
    return _keys(user, "_owners_seen", _registered.seen_by)


def changed_by(user) -> frozenset[str]:
    """The owners for whom `user` may act; kept on the user object, that is for one request."""
    return _keys(user, "_owners_changed", _registered.changed_by)


def names() -> Mapping[str, str]:
    """A name for the key of each owner."""
    return _registered.names()


def _keys(user, kept: str, ask: Callable[[object], Iterable[str]]) -> frozenset[str]:
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, kept):
        setattr(user, kept, frozenset(ask(user)))
    return getattr(user, kept)
