"""Amounts in templates."""

from django import template

from projects import money

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """Cents as an amount in euros in the active language; "" for none."""
    return "" if cents is None else money.shown(cents)
