"""Names for addresses. A slug is made once, at first load, and never again."""

import re
import unicodedata

from django.db.models import QuerySet

LONGEST = 74  # of the 80 of a slug field, with room for a number

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def german_slug(name: str) -> str:
    """`name` in small letters a–z, digits and single hyphens: "Groß Pösna" → "gross-poesna"."""
    lowered = unicodedata.normalize("NFC", name).lower().translate(_WRITTEN_OUT)
    ascii_only = unicodedata.normalize("NFD", lowered).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def free_slug(
    name: str, *, among: QuerySet, otherwise: str, reserved: frozenset = frozenset()
) -> str:
    """The slug of `name` that no row of `among` has, numbered if need be.

    `otherwise` stands for a name without a letter of ours; what is `reserved` is not used.
    """
    base = german_slug(name)[:LONGEST].strip("-") or otherwise
    taken = set(among.filter(slug__startswith=base).values_list("slug", flat=True)) | reserved
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
