"""Amounts, and ends of calls, in templates."""

from django import template

from projects import money
from projects.call_words import end_in_words

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """Cents as an amount in euros in the active language; "" for none."""
    return "" if cents is None else money.shown(cents)


@register.filter
def end(closes_at) -> str:
    """Until when something counts, such as "the end of 2 November 2026 (midnight)"."""
    return end_in_words(closes_at)
