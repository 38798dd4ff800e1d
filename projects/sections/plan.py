"""Costs and where the money comes from: two pages that have to come to the same sum."""

from decimal import ROUND_HALF_UP, Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.fields import EuroField
from projects.sections.base import BoundSection, Rows, Section, SectionForm
from projects.terms import LEGAL_PERSONS, ApplicantType, CostKind, IncomeKind


class CostsForm(SectionForm):
    """Nothing beside the rows."""


class QuantityField(forms.CharField):
    """How many: up to three digits after the comma; the cleaned value is a Decimal."""

    def to_python(self, value) -> Decimal | None:
        typed = super().to_python(value).replace("\u00a0", " ").strip()
        if not typed:
            return None
        plain = typed.replace(",", ".")
        whole, _dot, part = plain.partition(".")
        if not (whole.isdecimal() and len(whole) <= 6 and (part.isdecimal() or plain == whole)):
            raise ValidationError(_("Enter a number, such as 3 or 2,5."), code="invalid")
        if len(part) > 3:
            raise ValidationError(_("Enter at most three digits after the comma."), code="decimals")
        return Decimal(plain)

    def run_validators(self, value) -> None:
        """Those of the text are about characters."""

    def validate(self, value) -> None:
        if value is not None and value <= 0:
            raise ValidationError(_("Enter a number above 0."), code="nothing")


class CostForm(SectionForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Please choose")), *CostKind.choices],
        error_messages={"required": _("Choose the kind of costs.")},
    )
    description = forms.CharField(
        label=_("What for?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say what the money is for.")},
    )
    quantity = QuantityField(
        label=_("How many?"),
        max_length=12,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "data-quantity": True}
        ),
    )
    unit = forms.CharField(
        label=_("Of what?"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    price = EuroField(
        label=_("Price of each in euros"),
        least=1,
        widget=forms.TextInput(attrs={"data-price": True}),
        error_messages={"required": _("Enter what it costs.")},
    )
    requested = EuroField(
        label=_("Of this from the grant, in euros"),
        required=False,
        help_text=_("Only if the grant pays a certain part of this line."),
    )

    def prepare(self) -> None:
        if not self.basis.is_from(*LEGAL_PERSONS):
            self.drop("requested")
        rules = self.basis.rules
        if rules is not None:
            offered = [(kind.value, kind.label) for kind in rules.cost_ceilings]
            self.fields["kind"].choices = [("", _("Please choose")), *offered]

    def clean(self) -> dict:
        total, requested = self.total_cents, self.cleaned_data.get("requested")
        if total > money.MOST_CENTS:
            self.add_error("price", _("This line comes to too much. Please check it."))
        if requested is not None and requested > total:
            self.add_error("requested", _("This is more than the line costs."))
        return self.cleaned_data

    @property
    def total_cents(self) -> int:
        """Quantity times price, to the cent (half a cent up); 0 while the price is missing."""
        price = self.cleaned_data.get("price") or 0
        quantity = self.cleaned_data.get("quantity") or Decimal(1)
        return int((quantity * price).quantize(Decimal(1), rounding=ROUND_HALF_UP))


COSTS = Section(
    slug="kosten",
    title=_("What it costs"),
    lead=_("One line for each thing that costs money. Volunteers’ own work costs none."),
    form_class=CostsForm,
    rows=(Rows("costs", CostForm, _("Costs"), _("Add a line")),),
)


class FinancingForm(SectionForm):
    requested_cents = EuroField(
        label=_("How much money do you apply for, in euros?"),
        help_text=_("What the other money does not cover."),
        least=1,
        widget=forms.TextInput(attrs={"data-requested": True}),
        error_messages={"required": _("Enter how much you apply for.")},
    )
    in_kind = forms.CharField(
        label=_("What do you bring in beside money?"),
        help_text=_("Rooms, things, volunteers’ work. It stands outside the sums."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def prepare(self) -> None:
        if not self.basis.is_from(ApplicantType.INITIATIVE, *LEGAL_PERSONS):
            self.drop("in_kind")


class IncomeForm(SectionForm):
    kind = forms.ChoiceField(
        label=_("Where from?"),
        choices=[("", _("Please choose")), *IncomeKind.choices],
        error_messages={"required": _("Choose where the money comes from.")},
    )
    description = forms.CharField(
        label=_("From whom?"),
        help_text=_("For public money: which office, and whether it is applied for or granted."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    amount = EuroField(
        label=_("Amount in euros"),
        least=1,
        widget=forms.TextInput(attrs={"data-income": True}),
        error_messages={"required": _("Enter the amount.")},
    )

    def clean(self) -> dict:
        values = self.cleaned_data
        is_public = values.get("kind") == IncomeKind.PUBLIC
        if is_public and values.get("description") == "":
            self.add_error("description", _("Name the office that gives public money."))
        return values


def _facts(section: BoundSection) -> dict:
    return {"requested_cents": section.values.get("requested_cents")}


FINANCING = Section(
    slug="finanzierung",
    title=_("Where the money comes from"),
    lead=_("Costs and money have to come to the same sum, to the cent."),
    form_class=FinancingForm,
    rows=(Rows("income", IncomeForm, _("Other money"), _("Add other money"), most=20),),
    facts=_facts,
)
