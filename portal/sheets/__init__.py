"""Tables as files: reading CSV and XLSX that somebody uploads, writing those that somebody saves.

No Django model is in sight; what the columns mean is the affair of the caller.
"""

from portal.sheets.kinds import Problem, Sheet, SheetRow, UnreadableError
from portal.sheets.reading import MAX_BYTES, MAX_ROWS, read
from portal.sheets.writing import FORMATS, csv_pieces, write

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_ROWS",
    "Problem",
    "Sheet",
    "SheetRow",
    "UnreadableError",
    "csv_pieces",
    "read",
    "write",
]
