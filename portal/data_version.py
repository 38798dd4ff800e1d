"""One number per scope of public data, raised by whoever writes, read once by each request.

Every process keeps what it shows as a snapshot per version, and asks one small query whether the
snapshot is still good. So an edit shows on the next request in every process, without a cache
server, and a warm page costs one query.

*Writing.* A model that declares ``public_scope`` raises the scope's number in the writer's own
transaction: on save and delete by signal (the one allowed use of signals), on update and bulk
writes by `PublicQuerySet`, on many-to-many changes by signal. Code that writes through a plain
``through`` model calls `raise_version` itself.

*Reading.* The version is read before the data. Were it the other way round, an edit between the
two would be stored under the new number with the old content. It is read once more after the data:
when somebody has committed meanwhile, what was read table by table may not fit together, and is
read again.

*Inside a writing transaction* nothing goes into that cache: a number that is rolled back would be
used again by the next writer, for other content. What is built there is kept with the transaction,
until it writes again or is rolled back.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from portal.models.data_version import SCOPES, DataVersion

T = TypeVar("T")


@dataclass(frozen=True)
class Versions:
    """The number of each scope, and whether this transaction has itself raised one of them.

    `is_last_good` stands for the version that was good last: the database is away, and nobody knows
    its numbers (`portal.last_good`).
    """

    numbers: tuple[tuple[str, int], ...]
    dirty: bool = False
    is_last_good: bool = False

    def of(self, scopes: Iterable[str]) -> tuple[int, ...]:
        numbers = dict(self.numbers)
        return tuple(numbers[scope] for scope in scopes)

    def __str__(self) -> str:
        return ".".join(str(number) for _scope, number in self.numbers)


def read() -> Versions:
    """Read the numbers of all scopes: one query."""
    stored = dict(DataVersion.objects.values_list("scope", "number"))
    dirty = _last_mark() is not None
    return Versions(tuple((scope, stored.get(scope, 0)) for scope in SCOPES), dirty)


def raise_version(scope: str) -> None:
    """Raise `scope` by one in the present transaction; a second call in it changes no number."""
    if not any(scope in mark.scopes for _savepoints, mark in _marks()):
        _add_one(scope)
    if connection.in_atomic_block:
        _mark(scope)


def _add_one(scope: str) -> None:
    with transaction.atomic():
        raised = DataVersion.objects.filter(scope=scope).update(number=models.F("number") + 1)
        if not raised:
            DataVersion.objects.bulk_create(
                [DataVersion(scope=scope, number=0)], ignore_conflicts=True
            )
            DataVersion.objects.filter(scope=scope).update(number=models.F("number") + 1)


def begin_anew(now: dt.datetime) -> None:
    """Give every scope a number that none of this site's had before, after data came from a backup.

    Browsers hold pages of the time after that backup, under numbers that would come up again for
    other content. There is less than one write a second over the years, so the clock is ahead.
    """
    for scope in SCOPES:
        number = int(now.timestamp())
        present = DataVersion.objects.filter(scope=scope).values_list("number", flat=True).first()
        DataVersion.objects.update_or_create(
            scope=scope, defaults={"number": max(number, (present or 0) + 1)}
        )


class _Mark:
    """Stands in the transaction's list of commit hooks: "these scopes have been raised".

    Django drops hooks when the savepoint or transaction they belong to is rolled back, which is
    just when the raise is undone too; so the list always tells the truth. Every savepoint that
    writes leaves a mark of its own. So the last mark stands for one state of the public data, and
    keeps what was built of that: with the state, it goes.
    """

    def __init__(self) -> None:
        self.scopes: set[str] = set()
        self.kept: dict[PerVersion, tuple[tuple[int, ...], Any]] = {}

    def __call__(self) -> None:
        """Nothing is left to do at commit."""


def _marks() -> Iterator[tuple[set, _Mark]]:
    """The marks of the present transaction with the savepoints they belong to, the last first."""
    for savepoints, hook, *_rest in reversed(connection.run_on_commit):
        if isinstance(hook, _Mark):
            yield savepoints, hook


def _last_mark() -> _Mark | None:
    return next((mark for _savepoints, mark in _marks()), None)


def _mark(scope: str) -> None:
    """Note in the present savepoint that it has written to `scope`.

    The last mark will do if it goes with each of the savepoints that are open now.
    """
    open_ones = set(connection.savepoint_ids) - {None}
    savepoints, mark = next(_marks(), (None, None))
    if mark is None or not open_ones <= savepoints:
        mark = _Mark()
        transaction.on_commit(mark)
    mark.scopes.add(scope)
    mark.kept.clear()


# Every `PerVersion` that may be kept, by the name of what builds it.
KEPT: dict[str, "PerVersion"] = {}


class PerVersion(Generic[T]):
    """Keeps what `build` returned for the newest version of `scopes`, in this process.

    With `is_kept` it can be pickled, and is kept for the time when the database is away.
    """

    def __init__(self, build: Callable[[Versions], T], *scopes: str, is_kept: bool = True) -> None:
        self._build = build
        self._scopes = scopes
        if is_kept:
            KEPT[f"{build.__module__}.{build.__qualname__}"] = self
        self._held: tuple[tuple[int, ...], T] | None = None
        self._lock = Lock()

    def forget(self) -> None:
        """Build anew at the next call, as a process that has just started would."""
        self._held = None

    def at(self, versions: Versions) -> T:
        """What belongs to `versions`: held, or built now in a constant number of queries."""
        if versions.is_last_good:
            held = self._held
            return self._build(versions) if held is None else held[1]
        if versions.dirty:
            return self._in_transaction(versions)
        wanted = versions.of(self._scopes)
        held = self._held
        if held is not None and held[0] == wanted:
            return held[1]
        with self._lock:
            held = self._held
            if held is not None and held[0] == wanted:
                return held[1]
            versions, built = self._build_undisturbed(versions)
            self._held = (versions.of(self._scopes), built)
            return built

    def kept_at(self, versions: Versions) -> tuple[tuple[int, ...], T]:
        """What belongs to `versions`, with the numbers of its scopes: for `take`, elsewhere."""
        return versions.of(self._scopes), self.at(versions)

    def take(self, kept: tuple[tuple[int, ...], T]) -> None:
        """Hold what another process has kept, where nothing is held yet."""
        if self._held is None:
            self._held = kept

    def _in_transaction(self, versions: Versions) -> T:
        """As the present transaction sees it: built since it last wrote, or built now."""
        mark, numbers = _last_mark(), versions.of(self._scopes)
        if mark is None:  # rolled back since `versions` were read
            return self._build(versions)
        held = mark.kept.get(self)
        if held is None or held[0] != numbers:  # others may have raised what this one has not
            held = mark.kept[self] = (numbers, self._build(versions))
        return held[1]

    def _build_undisturbed(self, versions: Versions) -> tuple[Versions, T]:
        """Build from tables that nobody has changed meanwhile; else again, for the newer version.

        A row may name another one that was committed after its table was read (LookupError).
        """
        while True:
            try:
                built = self._build(versions)
            except LookupError:
                present = read()
                if present.of(self._scopes) == versions.of(self._scopes):
                    raise
            else:
                present = read()
                if present.of(self._scopes) == versions.of(self._scopes):
                    return versions, built
            versions = present


class PublicQuerySet(models.QuerySet):
    """The QuerySet of every model with a ``public_scope``: bulk writes raise the version too.

    A model without one (staff only) may use it as a base; then nothing is raised.
    """

    def _raise(self) -> None:
        scope = getattr(self.model, "public_scope", None)
        if scope is not None:
            raise_version(scope)

    def update(self, **kwargs):
        with transaction.atomic(using=self.db):
            rows = super().update(**kwargs)
            self._raise()
        return rows

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic(using=self.db):
            created = super().bulk_create(objs, *args, **kwargs)
            self._raise()
        return created

    bulk_create.alters_data = True

    def delete(self):
        with transaction.atomic(using=self.db):
            result = super().delete()
            self._raise()
        return result

    delete.alters_data = True
    delete.queryset_only = True


def connect_signals() -> None:
    """Connect every model that declares ``public_scope``; called once, when the apps are ready."""
    for model in apps.get_models():
        scope = getattr(model, "public_scope", None)
        if scope is None:
            continue
        raise_scope = partial(_on_write, scope)
        for signal in (post_save, post_delete):
            signal.connect(raise_scope, sender=model, weak=False)
        for field in model._meta.many_to_many:
            m2m_changed.connect(raise_scope, sender=field.remote_field.through, weak=False)


def _on_write(scope: str, **_kwargs) -> None:
    raise_version(scope)
