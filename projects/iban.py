"""Account numbers as people type them, as they are kept, and as they are shown."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import iban as standard
from stdnum.exceptions import ValidationError as WrongError

SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
LONGEST_TYPED = 60  # characters: the longest IBAN is 34, with blanks 42
BLANKS = re.compile(r"[\s.\-\u200b-\u200f\u2060\ufeff]+")


def parse(text: str) -> str:
    """The IBAN in `text`, without blanks. Raises ValidationError where the check digits say no.

    Source: ISO 13616 (mod 97), the length by country, and the national check digits where they are
    known.
    """
    typed = unicodedata.normalize("NFKC", text[:LONGEST_TYPED]).upper()
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in typed)
    found = BLANKS.sub("", digits).removeprefix("IBAN").lstrip(":")
    try:
        if len(text) > LONGEST_TYPED or not SHAPE.fullmatch(found):
            raise WrongError
        return standard.validate(found)
    except WrongError:
        raise ValidationError(
            _(
                "This is no IBAN. It begins with two letters and stands on the bank card or on a "
                "statement, such as DE89 3704 0044 0532 0130 00. Please compare every digit."
            ),
            code="iban",
        ) from None


def shown(iban: str) -> str:
    """`iban` in groups of four, as on paper."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def masked(iban: str) -> str:
    """As much of `iban` as tells two accounts of one person apart."""
    return f"{iban[:4]} … {iban[-4:]}" if iban else ""
