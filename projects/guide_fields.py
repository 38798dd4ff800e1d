"""Form fields of the guide: a time of day, a telephone number, and a row that says when."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts import names
from contacts.models.constraints import validate_phone
from contacts.models.offices import OpeningHours
from projects.models import OfferTime

TIME_FIELDS = ("day", "opens", "closes", "rhythm")


class HourField(forms.TimeField):
    """A time of day: from the browser's clock, or typed as 15:30, 15.30 or 15 Uhr."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    input_formats = ["%H:%M", "%H.%M", "%H"]
    default_error_messages = {"invalid": _("Enter a time, such as 15:30.")}

    def to_python(self, value):
        if isinstance(value, str):
            value = names.clean(value).removesuffix("Uhr").removesuffix("h").strip()
        return super().to_python(value)


class PhoneField(forms.CharField):
    """A number in the digits of any script."""

    def __init__(self, **kwargs) -> None:
        attributes = {"autocomplete": "tel", "dir": "ltr"}
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", **attributes}))
        super().__init__(max_length=40, validators=[validate_phone], **kwargs)

    def to_python(self, value):
        return names.clean(super().to_python(value))


def time_fields(number: int) -> dict[str, forms.Field]:
    """The fields of row `number`, by name."""
    days = [("", "–"), *OpeningHours.Weekday.choices]
    return {
        f"day_{number}": forms.ChoiceField(label=_("Day"), choices=days, required=False),
        f"opens_{number}": HourField(label=_("From"), required=False),
        f"closes_{number}": HourField(label=_("Until"), required=False),
        f"rhythm_{number}": forms.ChoiceField(
            label=_("How often"),
            choices=OfferTime.Rhythm.choices,
            required=False,
            initial=OfferTime.Rhythm.WEEKLY,
        ),
    }
