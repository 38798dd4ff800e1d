"""Reading bundled CSV and TOML files: every problem names its file and line."""

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contacts.loading import BadFileError


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
            return float(value) if value else None
        except ValueError:
            raise self.bad(f"{column}: “{value}” is not a number.") from None

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


def read_csv(path: Path, columns: Sequence[str], *, optional: bool = False) -> list[Row]:
    """The rows of a UTF-8 CSV file that has exactly these columns, in any order."""
    if optional and not path.exists():
        return []
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = next(reader, [])
        if sorted(header) != sorted(columns):
            raise BadFileError(path, 1, f"the columns have to be {', '.join(columns)}.")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise BadFileError(
                    path, reader.line_num, f"{len(cells)} cells instead of {len(header)}."
                )
            stripped = (cell.strip() for cell in cells)
            rows.append(Row(path, reader.line_num, dict(zip(header, stripped, strict=True))))
    except csv.Error as error:
        raise BadFileError(
            path, reader.line_num, f"not a readable line of CSV ({error})."
        ) from error
    return rows


def read_toml(path: Path) -> dict:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFileError(path, None, str(error)) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadFileError(path, None, "the file is missing.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFileError(path, line, "not UTF-8.") from None
