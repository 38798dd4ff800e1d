"""Reading CSV and TOML files: every problem names its file and line."""

import csv
import datetime as dt
import io
import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contacts.loadable import BadFileError


@dataclass(frozen=True)
class Row:
    """One line of a CSV file, with its number (the header is line 1)."""

    path: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def bad(self, problem: str) -> BadFileError:
        return BadFileError(self.path, self.line, problem)

    def required(self, column: str) -> str:
        value = self[column]
        if not value:
            raise self.bad(f"{column} is empty.")
        return value

    def date(self, column: str) -> dt.date | None:
        """A local date written YYYY-MM-DD, or None where the cell is empty."""
        value = self[column]
        try:
            return dt.date.fromisoformat(value) if value else None
        except ValueError:
            raise self.bad(f"{column}: “{value}” is not a date (YYYY-MM-DD).") from None

    def number(self, column: str) -> float | None:
        value = self[column]
        try:
            number = float(value) if value else None
        except ValueError:
            number = math.nan
        if number is not None and not math.isfinite(number):
            raise self.bad(f"{column}: “{value}” is not a number.")
        return number

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        value = self[column]
        if value not in allowed:
            raise self.bad(f"{column}: “{value}” is none of {', '.join(filter(None, allowed))}.")
        return value

    def yes(self, column: str) -> bool:
        return self.choice(column, ("yes", "no", "")) == "yes"

    def listed(self, column: str) -> list[str]:
        """The parts of a cell that are separated by semicolons."""
        return [part.strip() for part in self[column].split(";") if part.strip()]


def read_csv(
    path: Path,
    columns: Sequence[str],
    *,
    may_have: Sequence[str] = (),
    optional: bool = False,
) -> list[Row]:
    """The rows of a UTF-8 CSV file that has these columns, in any order, and no others.

    Columns it `may_have` are empty where they are not there. Lines that begin with # are comments.
    A semicolon separates as well as a comma, where the header has it: spreadsheets write it so.
    """
    if optional and not path.exists():
        return []
    # A comment becomes an empty line, so that the numbers of the others stay right.
    text = re.sub(r"(?m)^#.*$", "", _text(path))
    first = text.strip().partition("\n")[0]
    separator = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cells):
                continue
            if not header:
                header = _header(path, reader.line_num, cells, columns, may_have)
                continue
            if len(cells) != len(header):
                raise BadFileError(
                    path, reader.line_num, f"{len(cells)} cells instead of {len(header)}."
                )
            stripped = (cell.strip() for cell in cells)
            given = dict(zip(header, stripped, strict=True))
            rows.append(Row(path, reader.line_num, dict.fromkeys(may_have, "") | given))
    except csv.Error as error:
        raise BadFileError(
            path, reader.line_num, f"not a readable line of CSV ({error})."
        ) from error
    if not header:
        _header(path, 1, [], columns, may_have)
    return rows


def _header(
    path: Path, line: int, cells: list[str], columns: Sequence[str], may_have: Sequence[str]
) -> list[str]:
    """The names of the columns; raises BadFileError for one that is missing, unknown or twice."""
    names = [cell.strip() for cell in cells]
    wrong = [
        *(f"{name} is missing" for name in columns if name not in names),
        *(f"“{name}” is not known" for name in names if name not in (*columns, *may_have)),
        *(f"{name} stands there twice" for name in set(names) if names.count(name) > 1),
    ]
    if wrong:
        more = f"; there may be {', '.join(may_have)}" if may_have else ""
        raise BadFileError(
            path, line, f"the columns have to be {', '.join(columns)}{more}. {'; '.join(wrong)}."
        )
    return names


def read_toml(path: Path) -> dict:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFileError(path, None, str(error)) from error
    except RecursionError as error:
        raise BadFileError(path, None, "too many brackets lie within each other.") from error


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")  # with or without the mark of a spreadsheet
    except FileNotFoundError:
        raise BadFileError(path, None, "the file is missing.") from None
    except OSError as error:
        raise BadFileError(path, None, f"cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFileError(path, line, "not UTF-8. Save it as “CSV UTF-8”.") from None
    if "\0" in text:  # which PostgreSQL does not store
        line = text[: text.index("\0")].count("\n") + 1
        raise BadFileError(path, line, "a NUL character. Save the file anew, as “CSV UTF-8”.")
    return text
