"""Contrast of colours, after WCAG 2.2 (relative luminance, success criterion 1.4.3)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LIGHTEST_PAPER = "#ffffff"
LIGHTEST_DARK_PAPER = "#1d3439"  # the tint of the dark scheme (static/css/tokens.css)
ENOUGH = 4.5


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, from 0 (black) to 1 (white)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours ``#rrggbb``, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with a `share` (0 to 1) of `other` in it, channel by channel."""
    pairs = [(int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def lightened(colour: str) -> str:
    """`colour` with as much white as it needs to be read on the papers of the dark scheme."""
    steps = (mixed(colour, "#ffffff", step / 20) for step in range(21))
    return next(light for light in steps if contrast(light, LIGHTEST_DARK_PAPER) >= ENOUGH)


def validate_accent(colour: str) -> None:
    """Refuse a colour on which white text could not be read."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Write the colour as # and six digits, such as #0a5a63."))
    ratio = contrast(colour, LIGHTEST_PAPER)
    if ratio < ENOUGH:
        raise ValidationError(
            _("Contrast to white is only %(ratio).1f:1; 4.5:1 is needed. Take a darker colour."),
            params={"ratio": ratio},
        )
