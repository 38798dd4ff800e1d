"""What an import would do, as people read it and as it is published."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format

from contacts import rule_checks
from contacts.records import Edit, as_record
from contacts.rule_checks import FIELDS, Change
from portal.sheets import Problem

LEFT_OUT = "-"  # chosen for a row that shall not count


@dataclass(frozen=True)
class Difference:
    """One field before and after; "" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """What becomes of one contact or rule; `number` is its line in the file, if it has one."""

    number: int | None
    about: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Unmatched:
    """A row of which nobody can tell what it means; `choices` are (value, text) for a select.

    `field` is the key of the draft's row under which a choice is kept.
    """

    number: int
    about: str
    message: str
    field: str
    choices: tuple[tuple[str, str], ...]
    more: tuple[tuple[str, str], ...] = ()


@dataclass
class Plan:
    """All that a draft comes to on one day. It can be published when it `is_sound`.

    `sources` has the line of the file from which each change comes.
    """

    changes: list[Change] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    ended: list[Line] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    unchanged: list[Line] = field(default_factory=list)
    left_out: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sources: dict[Change | Edit, int] = field(default_factory=dict)

    def change(self, change: Change, line: int | None) -> None:
        self.changes.append(change)
        if line is not None:
            self.sources[change] = line

    def edit(self, edits: Iterable[Edit], line: int | None) -> None:
        for edit in edits:
            self.edits.append(edit)
            if line is not None:
                self.sources[edit] = line

    def located(self, refusal: rule_checks.Problem) -> Problem:
        """What a check of all changes says, with the line of the file that it is about."""
        return Problem(refusal.message, self.sources.get(refusal.change))

    @property
    def size(self) -> int:
        """How many contacts or rules would be touched."""
        return len(self.new) + len(self.changed) + len(self.ended)

    @property
    def is_sound(self) -> bool:
        return not self.problems and not self.unmatched

    @property
    def digest(self) -> str:
        """What would be written, in short: another one as soon as anything of it is another."""
        content = [
            [[_record(side) for side in (change.rule, change.row)] for change in self.changes],
            [[_record(side) for side in (edit.before, edit.after)] for edit in self.edits],
            [[line.number, line.about] for line in self.ended],
            [str(problem) for problem in self.problems],
            [[row.number, row.message] for row in self.unmatched],
        ]
        text = json.dumps(content, default=str)
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _record(side) -> object:
    if side is None:
        return None
    if hasattr(side, "_meta"):
        return as_record(side)
    return [str(getattr(getattr(side, name), "pk", getattr(side, name))) for name in FIELDS]


def day(value) -> str:
    return date_format(value, "SHORT_DATE_FORMAT") if value else ""


def differences(pairs: Sequence[tuple[str, object, object]]) -> tuple[Difference, ...]:
    """Of (label, before, after), those that differ, as texts; None and "" are nothing."""
    return tuple(
        Difference(str(label), _text(before), _text(after))
        for label, before, after in pairs
        if (before or "") != (after or "")
    )


def _text(value) -> str:
    return day(value) if isinstance(value, dt.date) else str(value or "")
