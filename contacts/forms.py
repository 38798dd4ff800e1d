"""The form by which visitors say that something is wrong, missing, or cannot be used."""

import secrets
import unicodedata

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Correction
from portal.forms import PortalForm

SALT = "contacts.correction"
FASTEST = 2  # seconds; nobody writes a message faster
SLOWEST = 24 * 60 * 60  # a page may lie open for a day
# Letters and signs that are drawn as nothing: fillers of Hangul, the blank of Braille.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_visible(text: str) -> bool:
    """Whether `text` has a letter, digit, sign or picture that one can see."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANKS for c in text)


class TrapField(forms.CharField):
    """A field that people do not see."""

    is_trap = True


class CorrectionForm(PortalForm):
    """Needs no e-mail address and no account.

    Programs give themselves away: they fill a field that people do not see, which is dropped
    without a word (`is_from_a_program`), or they answer at once, and are asked to send again.
    """

    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=Correction.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Your message"),
        help_text=_("Write in any language. Please name the town or the page."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what is wrong or missing.")},
    )
    contact = forms.CharField(
        label=_("E-mail or telephone"),
        help_text=_("Only if you would like an answer. “Please call me” is fine."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    # A name that no browser knows how to fill in for somebody.
    remark = TrapField(
        label=_("Leave this field empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    page = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    @staticmethod
    def stamp() -> str:
        """A number drawn for this form and the time at which it was opened, signed."""
        return signing.TimestampSigner(salt=SALT).sign(secrets.token_urlsafe(12))

    @property
    def nonce(self) -> str:
        """The number that `stamp` drew, of a valid form: the same form has the same one."""
        return signing.TimestampSigner(salt=SALT).unsign(self.cleaned_data["opened"])

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.cleaned_data.get("remark"))

    def clean_text(self) -> str:
        if not is_visible(self.cleaned_data["text"]):
            raise ValidationError(self.fields["text"].error_messages["required"], code="required")
        return self.cleaned_data["text"]

    def clean(self) -> dict:
        if not self.errors and not self._took_a_moment():
            self.data = self.data.copy()
            self.data["opened"] = self.stamp()  # good for the second try
            raise ValidationError(_("Please send the form once more. Nothing you wrote is lost."))
        return self.cleaned_data

    def _took_a_moment(self) -> bool:
        signer = signing.TimestampSigner(salt=SALT)
        opened = self.cleaned_data.get("opened", "")
        try:
            signer.unsign(opened, max_age=SLOWEST)
        except signing.BadSignature:  # or older than that
            return False
        try:
            signer.unsign(opened, max_age=FASTEST)
        except signing.SignatureExpired:
            return True
        return False
