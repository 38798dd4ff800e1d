"""Single cells: made harmless for a spreadsheet on the way out, and plain again on the way in.

A spreadsheet takes a cell that begins with one of `DANGEROUS` for a formula and may run it. An
apostrophe before it says "text" in every spreadsheet; Excel even hides it in files of its own.
"""

import re
import unicodedata

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
APOSTROPHE = "'"
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def guarded(text: str) -> str:
    """`text` as it may stand in a file that a spreadsheet opens. `bare` takes it back."""
    return f"{APOSTROPHE}{text}" if _looks_dangerous(text.lstrip(APOSTROPHE)) else text


def bare(text: str) -> str:
    """`text` without the apostrophe that `guarded` has put before it."""
    is_guarded = text.startswith(APOSTROPHE) and _looks_dangerous(text.lstrip(APOSTROPHE))
    return text[1:] if is_guarded else text


def _looks_dangerous(text: str) -> bool:
    return text.lstrip(" ").startswith(DANGEROUS)


def writable(text: str) -> str:
    """`text` without characters that no XLSX file can hold; a NUL ends a cell elsewhere."""
    return _CONTROLS.sub("", text)


def tidy(text: str) -> str:
    """`text` as it was meant: one line, composed letters, without invisible characters."""
    shown = _HIDDEN.sub("", unicodedata.normalize("NFC", bare(text.strip(" "))))
    return " ".join(shown.split())


def has_controls(text: str) -> bool:
    return _CONTROLS.search(text) is not None
