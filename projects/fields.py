"""Form fields for what the grant procedure asks: amounts, whole numbers, yes or no, places."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects import money


class EuroField(forms.CharField):
    """An amount in euros as people type it; the cleaned value is whole cents, None if empty."""

    def __init__(self, *, least: int = 0, **kwargs) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.least = least

    def widget_attrs(self, widget) -> dict:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value):
        return money.typed(value) if isinstance(value, int) else value

    def to_python(self, value) -> int | None:
        text = super().to_python(value)
        return money.parse(text) if text else None

    def run_validators(self, value) -> None:
        """Those of the text are about characters, and have been read by `money.parse`."""

    def validate(self, value) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if value is not None and value < self.least:
            raise ValidationError(
                _("Enter at least %(least)s.") % {"least": money.shown(self.least)}, code="least"
            )

    def has_changed(self, initial, data) -> bool:
        try:
            return super().has_changed(money.typed(initial) if initial is not None else "", data)
        except TypeError:
            return True


class WholeField(forms.IntegerField):
    """A number of people, hours or the like, in the digits of any script."""

    def __init__(self, *, most: int = 100_000, **kwargs) -> None:
        kwargs.setdefault("min_value", 0)
        messages = {
            "invalid": _("Enter a whole number, such as 12."),
            "min_value": _("Enter a number of %(limit_value)s or more."),
            "max_value": _("Enter a number of %(limit_value)s or less."),
        }
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(max_value=most, **kwargs)

    def to_python(self, value):
        if isinstance(value, str) and len(value) > 20:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def widget_attrs(self, widget) -> dict:
        return {"autocomplete": "off"}


class YesNoField(forms.TypedChoiceField):
    """A question with the answers yes and no, and none of them chosen beforehand."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **kwargs,
        )
