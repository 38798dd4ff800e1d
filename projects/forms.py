"""Forms of applicants that are no section of the application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.entrance.forms import AddressField
from portal.forms import PortalForm
from projects.sections.about import StartForm


class BeginForm(StartForm):
    """The first questions, and where the code goes that brings the draft back."""

    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_(
            "We send you a code. With it you come back to your draft at any time, on any device."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )

    def __init__(self, *args, is_signed_in: bool = False, **kwargs) -> None:
        self.is_signed_in = is_signed_in
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        super().prepare()
        if self.is_signed_in:
            self.drop("email")


class TextForm(PortalForm):
    """One text: a message to the office, or a word on what it has asked."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write at least one sentence.")},
    )

    def __init__(self, *args, label: str = "", **kwargs) -> None:
        self.label = label
        if label:  # beside the message on the same page
            kwargs.setdefault("auto_id", "id_%s_word")
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        if self.label:
            self.fields["text"].label = self.label


class InviteForm(PortalForm):
    """Whom to ask to write along."""

    email = AddressField(
        label=_("E-mail address of the person"),
        help_text=_("They get a link, and come in with a code to this very address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": _("Enter an e-mail address.")},
    )
