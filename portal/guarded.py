"""Forms that anybody may send without an account: against programs, and against sending twice."""

import secrets
import unicodedata

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.forms import PortalForm, TrapField

FASTEST = 2  # seconds; nobody writes a message faster
SLOWEST = 24 * 60 * 60  # a page may lie open for a day
# Letters and signs that are drawn as nothing: fillers of Hangul, the blank of Braille.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_visible(text: str) -> bool:
    """Whether `text` has a letter, digit, sign or picture that one can see."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANKS for c in text)


class GuardedForm(PortalForm):
    """A form without a log-in before it.

    Programs give themselves away: they fill a field that people do not see, which is dropped
    without a word (`is_from_a_program`), or they answer at once, and are asked to send again.

    `salt` is the form's own. Open it with `initial={"opened": Form.stamp()}`; call `check_moment`
    at the end of `clean`. `nonce` is the same for whatever the same page sends.
    """

    salt = ""

    # A name that no browser knows how to fill in for somebody.
    remark = TrapField()
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    @classmethod
    def stamp(cls) -> str:
        """A number drawn for this form and the time at which it was opened, signed."""
        return signing.TimestampSigner(salt=cls.salt).sign(secrets.token_urlsafe(12))

    @property
    def nonce(self) -> str:
        """The number that `stamp` drew, of a valid form: the same form has the same one."""
        return signing.TimestampSigner(salt=self.salt).unsign(self.cleaned_data["opened"])

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.cleaned_data.get("remark"))

    def check_moment(self) -> None:
        """Raise ValidationError for what came at once, or from no page of ours."""
        if self._took_a_moment():
            return
        self.open_anew()
        raise ValidationError(_("Please send the form once more. Nothing you wrote is lost."))

    def open_anew(self) -> None:
        """A stamp for the second try, as if the form had just been opened."""
        self.data = self.data.copy()
        self.data["opened"] = self.stamp()

    def _took_a_moment(self) -> bool:
        signer = signing.TimestampSigner(salt=self.salt)
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
