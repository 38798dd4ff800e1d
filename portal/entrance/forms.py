"""Forms of the entrance and of the account behind it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import PortalForm, TrapField
from portal.login_code import read_digits


class AddressField(forms.EmailField):
    """An e-mail address as accounts have it; ASCII only, so that none has a look-alike."""

    default_error_messages = {
        "required": _("Enter your e-mail address."),
        "invalid": _("Enter an e-mail address such as name@example.org."),
    }

    def __init__(self, **kwargs) -> None:
        attributes = {
            "autocomplete": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
        }
        kwargs.setdefault("widget", forms.EmailInput(attrs=attributes))
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: str) -> str:
        email = super().clean(value)
        if not email.isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return email.lower()


class DigitsField(forms.CharField):
    """Six digits in any script; blanks and hyphens between them do not matter."""

    default_error_messages = {
        "required": _("Type the code from the mail."),
        "invalid": _("The code has six digits. Type all six."),
    }

    def __init__(self, **kwargs) -> None:
        attributes = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
        }
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(max_length=100, **kwargs)

    def clean(self, value: str) -> str:
        digits = read_digits(super().clean(value))
        if not digits:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return digits


class AddressForm(PortalForm):
    """The e-mail address; `weiter` and `vorgang` say where somebody was going."""

    email = AddressField(label=_("E-mail address"))
    remark = TrapField()
    weiter = forms.Field(required=False, widget=forms.HiddenInput)  # checked by what uses them
    vorgang = forms.Field(required=False, widget=forms.HiddenInput)


class CodeForm(PortalForm):
    """The code; `remark` is something to say above it that is no error of a field."""

    remark = ""

    code = DigitsField(label=_("Code"), help_text=_("Six digits, from the mail."))


class NewAddressForm(PortalForm):
    """The address in place of the present one."""

    email = AddressField(label=_("New e-mail address"))

    def __init__(self, *args, present: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_email(self) -> str:
        if self.cleaned_data["email"] == self.present.lower():
            raise forms.ValidationError(_("This is your present address."))
        return self.cleaned_data["email"]


class TwoCodesForm(PortalForm):
    """A code from each of two mailboxes, see `CodeForm`."""

    remark = ""

    old_code = DigitsField(label=_("Code from the mail to your present address"))
    new_code = DigitsField(label=_("Code from the mail to your new address"))
