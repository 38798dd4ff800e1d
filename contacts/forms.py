"""The form by which visitors say that something is wrong or missing."""

from collections.abc import Mapping

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from contacts.models import Correction
from contacts.proposals import FIELDS, differences
from portal.guarded import SLOWEST, GuardedForm, is_visible

CARD = "contacts.correction.card"


class CorrectionForm(GuardedForm):
    """Needs no e-mail address and no account.

    From a contact card it brings what the card has shown, signed, and has a field for each part of
    it (`contacts.proposals`); after a look-up that found nothing, what was typed.
    """

    salt = "contacts.correction"

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
    page = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    card = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

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

    def _says_something(self) -> bool:
        values = self.cleaned_data
        if is_visible(values.get("text", "")) or is_visible(values.get("asked", "")):
            return True
        return self.shown is not None and bool(differences(self.shown, self.wanted))

    def clean(self) -> dict:
        if not self.errors and not self._says_something():
            self.add_error("text", self.fields["text"].error_messages["required"])
        if not self.errors:
            self.check_moment()
        return self.cleaned_data
