"""Forms of applicants that are no section of the application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.sections.about import StartForm


class BeginForm(StartForm):
    """The first questions, and where the code goes that brings the draft back."""

    email = forms.EmailField(
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
