"""The form by which visitors say that something is wrong, missing, or cannot be used."""

import secrets
import unicodedata
from collections.abc import Mapping

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Correction
from contacts.proposals import FIELDS, differences
from portal.forms import PortalForm, TrapField

SALT = "contacts.correction"
CARD = "contacts.correction.card"
FASTEST = 2  # seconds; nobody writes a message faster
SLOWEST = 24 * 60 * 60  # a page may lie open for a day
# Letters and signs that are drawn as nothing: fillers of Hangul, the blank of Braille.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_visible(text: str) -> bool:
    """Whether `text` has a letter, digit, sign or picture that one can see."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANKS for c in text)


class CorrectionForm(PortalForm):
    """Needs no e-mail address and no account.

    From a contact card it brings what the card has shown, signed, and has a field for each part of
    it (`contacts.proposals`); after a look-up that found nothing, what was typed.

    Programs give themselves away: they fill a field that people do not see, which is dropped
    without a word (`is_from_a_program`), or they answer at once, and are asked to send again.
    """

    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=Correction.Kind.choices, widget=forms.RadioSelect
    )
    asked = forms.CharField(
        label=_("Name of the place"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
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
    remark = TrapField()
    page = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    card = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.shown = self._shown_card()
        if self.shown is None and self["kind"].value() == Correction.Kind.MISSING_PLACE:
            self.fields["text"].required = False  # the name of the place will do
        else:
            del self.fields["asked"]
        if self.shown is None:
            del self.fields["card"]
        else:
            self._ask_field_by_field()

    @staticmethod
    def sign_card(post: str, shown: Mapping[str, str]) -> str:
        """What the card of the post with the slug `post` has shown, as the form brings it back."""
        return signing.dumps({"post": post, **shown}, salt=CARD)

    def _shown_card(self) -> dict[str, str] | None:
        try:
            return signing.loads(self["card"].value() or "", salt=CARD, max_age=SLOWEST)
        except signing.BadSignature:
            return None

    def _ask_field_by_field(self) -> None:
        """What is shown stands in fields, before the message: whoever sees an error mends it."""
        del self.fields["kind"]
        self.fields["text"].required = False
        self.fields["text"].help_text = _("Write in any language, if something else is wrong.")
        own = {
            name: forms.CharField(
                label=label,
                initial=self.shown.get(name, ""),
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            for name, label in FIELDS.items()
        }
        self.fields = {**own, **self.fields}

    @property
    def wanted(self) -> dict[str, str]:
        """What the card should say, as far as the form asks."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}

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

    def _says_something(self) -> bool:
        values = self.cleaned_data
        if is_visible(values.get("text", "")) or is_visible(values.get("asked", "")):
            return True
        return self.shown is not None and bool(differences(self.shown, self.wanted))

    def clean(self) -> dict:
        if not self.errors and not self._says_something():
            self.add_error("text", self.fields["text"].error_messages["required"])
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
