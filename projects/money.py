"""Amounts of money as people type them, and as they are shown: whole cents inside, always.

`parse` understands the ways in which amounts are written in German and English, and refuses what
could mean two things by a factor of a thousand. Source: docs/grants.md, "Money".
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MOST_CENTS = 99_999_999_99  # what one amount may be at most: more is a slip of the hand
SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f_'’]+")
CURRENCY = re.compile(r"^(?:€|eur|euro)|(?:€|eur|euro)$", re.IGNORECASE)
PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)*[.,]?|[.,][0-9]+")


def parse(text: str) -> int:
    """The cents that `text` means.

    Of two different separators the last is the decimal sign; one dot or several with three digits
    after each are thousands. One comma with exactly three digits after it, more than two decimals,
    a sign, an exponent and whatever is no number are refused with a ValidationError for people.
    """
    typed = _plain(text)
    if typed.startswith(("-", "−", "–")):
        raise ValidationError(_("Enter an amount without a minus."), code="negative")
    if not PLAIN.fullmatch(typed):
        raise ValidationError(_("Enter an amount, such as 1.234,56."), code="invalid")
    whole, decimals = _split(typed)
    if len(decimals) > 2:
        raise ValidationError(_("Enter at most two digits for the cents."), code="decimals")
    digits = (whole + decimals.ljust(2, "0")).lstrip("0") or "0"
    if len(digits) > len(str(MOST_CENTS)) or (cents := int(digits)) > MOST_CENTS:
        raise ValidationError(_("This amount is too high. Please check it."), code="too_high")
    return cents


def _plain(text: str) -> str:
    """`text` with the digits of any script as ASCII, without blanks and currency."""
    digits = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text.strip().replace("٫", ",").replace("٬", ".")
    )
    return SPACES.sub("", CURRENCY.sub("", SPACES.sub(" ", digits).strip()))


def _split(typed: str) -> tuple[str, str]:
    """The digits before and after the decimal sign. Raises ValidationError for two readings."""
    dots, commas = typed.count("."), typed.count(",")
    if dots and commas:
        sign = max(".", ",", key=typed.rfind)
        other = "," if sign == "." else "."
        if typed.count(sign) > 1 or not _in_thousands(typed.rpartition(sign)[0], other):
            raise ValidationError(_("Enter an amount, such as 1.234,56."), code="invalid")
        whole, _sign, decimals = typed.rpartition(sign)
        return whole.replace(other, ""), decimals
    sign = "." if dots else ","
    if dots + commas > 1 or (dots and re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", typed)):
        if not _in_thousands(typed, sign):
            raise ValidationError(_("Enter an amount, such as 1.234,56."), code="invalid")
        return typed.replace(sign, ""), ""
    whole, _sign, decimals = typed.partition(sign)
    if commas and len(decimals) == 3:
        raise ValidationError(
            _("It is not clear whether the comma stands before cents. Write 1234 or 1234,50."),
            code="ambiguous",
        )
    return whole, decimals


def _in_thousands(digits: str, separator: str) -> bool:
    return re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(separator)}[0-9]{{3}})+", digits) is not None


def shown(cents: int, *, language: str | None = None) -> str:
    """`cents` as an amount in euros, such as "1.234,56 €" in German and "€1,234.56" in English."""
    sign = "−" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    grouped = f"{euros:,}"
    if (language or get_language() or "").startswith("en"):
        return f"{sign}€{grouped}.{rest:02}"
    return f"{sign}{grouped.replace(',', '.')},{rest:02}\u00a0€"


def typed_signed(cents: int) -> str:
    """`cents` for a sheet, such as "-1234,56"."""
    return f"{'-' if cents < 0 else ''}{typed(abs(cents))}"


def typed(cents: int) -> str:
    """`cents` as they stand in a field, such as "1234,56"; `parse` reads them back."""
    return f"{cents // 100},{cents % 100:02}"
