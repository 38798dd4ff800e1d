"""Small words of this app for its templates."""

import datetime as dt

from django import template
from django.utils.formats import date_format

from contacts.spoken import language_name

register = template.Library()
register.filter("language_name", language_name)


@register.filter
def recorded_date(written: str) -> str:
    """A date YYYY-MM-DD in words; whatever else is recorded, such as a year, as it is."""
    try:
        return date_format(dt.date.fromisoformat(written), "DATE_FORMAT")
    except ValueError:
        return written
