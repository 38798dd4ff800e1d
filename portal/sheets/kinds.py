"""What a table is once it has been read: texts, each with its line and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MAX_ROWS = 5_000
MAX_COLUMNS = 60


@dataclass(frozen=True)
class Problem:
    """Why something in a file cannot be used: a sentence, its line (from 1) and its column."""

    message: str
    line: int | None = None
    column: str = ""

    def __str__(self) -> str:
        if self.line is None:
            return self.message
        values = {"line": self.line, "column": self.column, "message": self.message}
        if self.column:
            return _("Line %(line)d, column “%(column)s”: %(message)s") % values
        return _("Line %(line)d: %(message)s") % values


class UnreadableError(Exception):
    """A file of which nothing can be used; `problems` says why."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(" ".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class SheetRow:
    """One line, `number` as a spreadsheet counts them; `cells` run parallel to the header."""

    number: int
    cells: tuple[str, ...]


@dataclass
class Sheet:
    """The header and the lines below it; dates are ISO texts.

    `problems` are about single cells and lines: these are left out, so nobody should go on with a
    sheet that has any. `notes` say what was assumed.
    """

    header: tuple[str, ...]
    rows: list[SheetRow]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def built(lines: Iterable[tuple[int, list[str]]], problems: list[Problem]) -> Sheet:
    """A sheet of (number, cells); the first line with anything in it is the header.

    Raises `UnreadableError` for a file without any line, or with more than `MAX_ROWS`.
    """
    header: tuple[str, ...] = ()
    rows: list[SheetRow] = []
    for number, cells in lines:
        if not any(cells):
            continue
        while cells and not cells[-1] and len(cells) > len(header):
            cells = cells[:-1]
        if not header:
            header = tuple(cells)
        elif len(cells) != len(header):
            problems.append(Problem(_wrong_count(len(cells), len(header)), number))
        else:
            rows.append(SheetRow(number, tuple(cells)))
        if len(rows) > MAX_ROWS:
            raise too_many_rows()
    if not header:
        raise UnreadableError(Problem(_("The file is empty.")))
    return Sheet(header, rows, problems)


def too_many_rows() -> UnreadableError:
    message = _("The file has more than %(number)d rows. Please split it.")
    return UnreadableError(Problem(message % {"number": MAX_ROWS}))


def _wrong_count(found: int, wanted: int) -> str:
    values = {"found": found, "wanted": wanted}
    return _("%(found)d cells instead of the %(wanted)d of the first line.") % values
