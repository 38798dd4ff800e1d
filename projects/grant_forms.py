"""The forms of recipients about their grant: asking for money, for a change, and the objection."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms import DayField, PortalForm
from projects import iban, money
from projects.fields import EuroField
from projects.models import Application, Grant, Payout
from projects.plan_words import name_of
from projects.workflow import amending, instalments

AMOUNT = {"required": gettext_lazy("Enter an amount.")}


class IbanField(forms.CharField):
    """An account number as people type it; the cleaned value has no blanks."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", "IBAN")
        kwargs.setdefault("max_length", iban.LONGEST_TYPED)
        kwargs.setdefault(
            "help_text",
            gettext_lazy("22 characters in Germany, beginning with DE. Blanks do not matter."),
        )
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            ),
        )
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Enter the IBAN.")})
        super().__init__(**kwargs)

    def clean(self, value) -> str:
        text = super().clean(value)
        return iban.parse(text) if text else ""


class AccountForm(PortalForm):
    """To which account money goes. `applicant` is whose it is meant to be."""

    holder = forms.CharField(
        label=gettext_lazy("Account holder"),
        max_length=70,
        error_messages={"required": gettext_lazy("Enter whose account it is.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    iban = IbanField()
    holder_reason = forms.CharField(
        label=gettext_lazy("Why somebody else’s account?"),
        help_text=gettext_lazy("Only where the account is not that of whoever has applied."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, case: Application, **kwargs) -> None:
        self.case = case
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        found = super().clean()
        holder = found.get("holder")
        is_missing = not found.get("holder_reason")
        if holder and is_missing and instalments.is_of_somebody_else(self.case, holder):
            text = _("Say why the money does not go to an account of %(name)s.")
            self.add_error("holder_reason", text % {"name": self.case.applicant_name})
        return found


class PayoutForm(AccountForm):
    """How much of the grant is asked for, for what, and to which account."""

    field_order = [
        "amount",
        "mode",
        "spent",
        "expected_until",
        "holder",
        "iban",
        "holder_reason",
    ]

    amount = EuroField(label=gettext_lazy("How much do you need?"), least=1, error_messages=AMOUNT)
    mode = forms.ChoiceField(
        label=gettext_lazy("What is it for?"),
        choices=Payout.Mode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the money is for.")},
    )
    spent = EuroField(
        label=gettext_lazy("What has the project cost so far?"),
        help_text=gettext_lazy("All that you have paid, from whatever money. Nothing yet: 0."),
        error_messages=AMOUNT,
    )
    expected_until = DayField(
        label=gettext_lazy("Until when will you have spent it?"),
        help_text=gettext_lazy("Only for payments that are due soon."),
        required=False,
    )

    def __init__(self, *args, latest: dt.date, on: dt.date, left: int, **kwargs) -> None:
        """`latest` is the last day for an advance, `left` what can still be asked for (cents)."""
        self.latest, self.on, self.left = latest, on, left
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["amount"].help_text = _("%(left)s are left of the grant.") % {
            "left": money.shown(self.left)
        }
        self.fields["expected_until"].help_text = _(
            "Only for payments that are due soon: at the latest until %(day)s."
        ) % {"day": date_format(self.latest, "DATE_FORMAT")}

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if amount > self.left:
            raise ValidationError(
                _("%(left)s are left of the grant. Ask for that or less.")
                % {"left": money.shown(self.left)}
            )
        return amount

    def clean(self) -> dict:
        found = super().clean()
        until = found.get("expected_until")
        if found.get("mode") != Payout.Mode.ADVANCE or "expected_until" in self.errors:
            return found
        if until is None or until < self.on:
            self.add_error("expected_until", _("Say until when you will have spent the money."))
        elif until > self.latest:
            self.add_error(
                "expected_until",
                _("Ask for what you need until %(day)s, and for the rest later.")
                % {"day": date_format(self.latest, "DATE_FORMAT")},
            )
        return found

    def wanted(self) -> instalments.Wanted:
        typed = self.cleaned_data
        return instalments.Wanted(
            amount_cents=typed["amount"],
            mode=typed["mode"],
            spent_cents=typed["spent"],
            expected_until=typed["expected_until"],
            holder=typed["holder"],
            iban=typed["iban"],
            holder_reason=typed["holder_reason"],
        )


class AmendmentForm(PortalForm):
    """What is to be different; the fields hold what was granted."""

    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(label=gettext_lazy("Last day"))
    award = EuroField(label=gettext_lazy("Grant"), least=1, error_messages=AMOUNT)
    reason = forms.CharField(
        label=gettext_lazy("Why is it to be different?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def __init__(self, *args, grant: Grant, **kwargs) -> None:
        self.grant = grant
        self.lines = amending.costs_of(grant)
        kwargs["initial"] = {
            "starts_on": grant.starts_on,
            "ends_on": grant.ends_on,
            "award": grant.award_cents,
            **{f"line_{line.position}": line.approved_cents for line in self.lines},
        }
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        for line in self.lines:
            self.fields[f"line_{line.position}"] = EuroField(
                label=name_of(line), error_messages=AMOUNT
            )
        self.order_fields(["starts_on", "ends_on", *self.line_names, "award", "reason"])

    @property
    def line_names(self) -> list[str]:
        return [f"line_{line.position}" for line in self.lines]

    @property
    def cost_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.line_names]

    def wanted(self) -> amending.Wanted:
        typed = self.cleaned_data
        return amending.Wanted(
            reason=typed["reason"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            award_cents=typed["award"],
            lines={line.position: typed[f"line_{line.position}"] for line in self.lines},
        )


class ObjectionForm(PortalForm):
    text = forms.CharField(
        label=gettext_lazy("What do you object to, and why?"),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Write at least one sentence.")},
    )
