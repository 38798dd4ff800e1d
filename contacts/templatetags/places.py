"""Small words of this app for its templates."""

import datetime as dt

from django import template
from django.utils.formats import date_format, number_format

from contacts.spoken import language_name

MEGABYTE = 1_000_000

register = template.Library()
register.filter("language_name", language_name)


@register.filter
def recorded_date(written: str) -> str:
    """A date YYYY-MM-DD or month YYYY-MM in words; whatever else is recorded, such as a year, as it
    is."""
    for whole, style in ((written, "DATE_FORMAT"), (f"{written}-01", "F Y")):
        try:
            return date_format(dt.date.fromisoformat(whole), style)
        except ValueError:
            continue
    return written


@register.filter
def decimal_size(size: int) -> str:
    """Bytes as publishers give them: 608 kB, 1.7 MB (thousands, not 1,024)."""
    if size < MEGABYTE:
        return f"{number_format(max(round(size / 1000), 1))} kB"
    return f"{number_format(size / MEGABYTE, 1)} MB"
