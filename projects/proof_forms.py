"""The forms of a recipient about the proof of use: a receipt, and scans of lists."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import uploads
from portal.forms import DayField, PortalForm
from projects.fields import EuroField
from projects.models import Grant, PlanLine, Receipt
from projects.plan_words import name_of

# In the words of whoever has a till slip in their hand.
KINDS = [
    (Receipt.Kind.PAYMENT, _("It was paid, or came in.")),
    (Receipt.Kind.REFUND, _("It was paid back: a refund or a returned deposit.")),
]
SIDES = {PlanLine.Side.COSTS: _("Costs"), PlanLine.Side.INCOME: _("Money that came in")}


def file_input(**attrs) -> forms.FileInput:
    return forms.FileInput(attrs={"accept": uploads.ACCEPT, **attrs})


class ReceiptForm(PortalForm):
    """One receipt. `kept` names a file that has been uploaded already."""

    line = forms.TypedChoiceField(
        label=_("Which line of the plan does it belong to?"),
        coerce=int,
        error_messages={
            "required": _("Choose the line of the plan."),
            "invalid_choice": _("Choose a line of the plan."),
        },
    )
    kind = forms.ChoiceField(
        label=_("What was it?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        initial=Receipt.Kind.PAYMENT,
        error_messages={"required": _("Choose what it was.")},
    )
    amount = EuroField(
        label=_("Amount in euros"),
        least=1,
        error_messages={"required": _("Enter the amount on the receipt.")},
    )
    paid_on = DayField(
        label=_("Day of the payment"),
        help_text=_("The day on which the money went, as on the bank statement or the till slip."),
        error_messages={"required": _("Enter the day of the payment.")},
    )
    payee = forms.CharField(
        label=_("To whom, or from whom?"),
        max_length=150,
        error_messages={"required": _("Enter to whom it went, or from whom it came.")},
    )
    purpose = forms.CharField(
        label=_("What for?"),
        max_length=200,
        error_messages={"required": _("Say what it was for.")},
    )
    invoiced_on = DayField(label=_("Date of the invoice"), required=False)
    photo = forms.FileField(
        label=_("Photo of the receipt"),
        help_text=_("A telephone opens its camera. The office may ask for it; you can add it now."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
        required=False,
        widget=file_input(),
    )
    without = forms.BooleanField(label=_("Take the file away from this receipt"), required=False)
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, grant: Grant, has_file: bool = False, **kwargs) -> None:
        self.lines = {line.pk: line for line in grant.lines.order_by("side", "position")}
        self.has_file = has_file
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        groups = []
        for side, label in SIDES.items():
            lines = [line for line in self.lines.values() if line.side == side]
            if lines:
                groups.append((label, [(line.pk, name_of(line)) for line in lines]))
        self.fields["line"].choices = [("", "–"), *groups]
        if not self.has_file:
            del self.fields["without"]

    def clean(self) -> dict:
        found = super().clean()
        if found.get("photo") and found.get("file"):
            self.add_error("file", _("Add the photo or the file, not both."))
        return found

    @property
    def upload(self):
        """What was sent along, once the form has been cleaned; None for nothing."""
        return self.cleaned_data.get("photo") or self.cleaned_data.get("file")


class ListForm(PortalForm):
    """Scans of lists of participants."""

    file = forms.FileField(
        label=_("Scan or photo of a list"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
        widget=file_input(),
        error_messages={"required": _("Choose a file.")},
    )


def refused(form: forms.Form, name: str, error: ValidationError) -> None:
    """Say beside the field `name` why a file was not kept."""
    form.add_error(name, ValidationError(error.messages))
