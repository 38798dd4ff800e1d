"""Rules that several models share, with messages for people."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

validate_phone = RegexValidator(
    r"^\+?[0-9][0-9 ()/\-]{3,29}$",
    _("Write the number with digits, spaces and hyphens only, such as 03433 241-3431."),
)


def until_not_before_from(name: str, start: str = "valid_from", end: str = "valid_until"):
    """The constraint that a span of dates does not end before it begins."""
    return models.CheckConstraint(
        condition=Q(**{f"{start}__isnull": True})
        | Q(**{f"{end}__isnull": True})
        | Q(**{f"{end}__gte": F(start)}),
        name=name,
        violation_error_message=_("The last day lies before the first day."),
    )
