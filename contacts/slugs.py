"""Names for addresses. A slug is made once, at first load, and never again."""

import re
import unicodedata

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def german_slug(name: str) -> str:
    """`name` in small letters a–z, digits and single hyphens: "Groß Pösna" → "gross-poesna"."""
    lowered = unicodedata.normalize("NFC", name).lower().translate(_WRITTEN_OUT)
    ascii_only = unicodedata.normalize("NFD", lowered).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
