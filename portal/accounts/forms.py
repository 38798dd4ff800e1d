"""django-allauth's forms as ours look and speak: labels instead of placeholders, errors on top."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.forms import PortalForm

NEW_PASSWORD = _(
    "At least 12 characters; 15 are better. A sentence that only you would say is easy to keep in "
    "mind. Not the name of your office or county alone."
)

# django-allauth says this to whoever has typed two passwords; named here, so that our catalogue,
# and not its own, has the German for it.
gettext_noop("You must type the same password each time.")


# What the summary of errors says of a field that was left empty.
MISSING = {
    "login": _("Enter your e-mail address."),
    "email": _("Enter your e-mail address."),
    "password": _("Enter your password."),
    "oldpassword": _("Enter your present password."),
    "password1": _("Enter a new password."),
    "password2": _("Enter the new password once more."),
    "code": _("Enter a code."),
    "name": _("Enter a name."),
}


class StaffForm(PortalForm):
    """Labels from `labels`, help from `hints`, attributes from `attributes`; no placeholders."""

    labels: dict[str, str] = {}
    hints: dict[str, str] = {}
    attributes: dict[str, dict[str, str]] = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if name in MISSING:
                field.error_messages["required"] = MISSING[name]
            field.widget.attrs |= self.attributes.get(name, {})


class LogInForm(StaffForm, account.LoginForm):
    labels = {"login": _("E-mail address"), "password": _("Password")}
    attributes = {"login": {"autocapitalize": "none"}}


class NewPasswordForm(StaffForm):
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password once more"),
    }
    hints = {"password1": NEW_PASSWORD}


class ChangePasswordForm(NewPasswordForm, account.ChangePasswordForm):
    pass


class SetPasswordForm(NewPasswordForm, account.SetPasswordForm):
    pass


class ResetPasswordKeyForm(NewPasswordForm, account.ResetPasswordKeyForm):
    pass


class ResetPasswordForm(StaffForm, account.ResetPasswordForm):
    labels = {"email": _("E-mail address")}
    attributes = {"email": {"autocapitalize": "none"}}


class ReauthenticateForm(StaffForm, account.ReauthenticateForm):
    labels = {"password": _("Password")}
    attributes = {"password": {"autocomplete": "current-password"}}


class CodeForm(StaffForm):
    labels = {"code": _("Code")}
    attributes = {"code": {"autocomplete": "one-time-code", "inputmode": "numeric"}}


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class ReauthenticateByCodeForm(CodeForm, mfa.ReauthenticateForm):
    hints = AuthenticateForm.hints


class ActivateTOTPForm(CodeForm, totp.ActivateTOTPForm):
    hints = {"code": _("The six digits that the app shows now.")}


class DeactivateTOTPForm(StaffForm, totp.DeactivateTOTPForm):
    pass


class RecoveryCodesForm(StaffForm, GenerateRecoveryCodesForm):
    pass


class PasskeyNameForm(StaffForm):
    labels = {"name": _("Name of the passkey")}
    hints = {"name": _("So that you know it again: the device on which it lies.")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(MaxLengthValidator(60))
        self.fields["name"].widget.attrs["maxlength"] = "60"


class AddPasskeyForm(PasskeyNameForm, webauthn.SignupWebAuthnForm):
    """Without django-allauth's choice of a weaker kind: each passkey also opens without a password.

    The server asks for what that needs, and checks that it was given.
    """


class EditPasskeyForm(PasskeyNameForm, webauthn.EditWebAuthnForm):
    pass
