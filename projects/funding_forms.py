"""The form of the two-minute check: sent by GET, stored nowhere, without anything personal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import DayField, PortalForm
from projects.eligibility import Elsewhere, Idea
from projects.fields import EuroField
from projects.terms import ApplicantType, MeasureKind

CHOOSE = [("", _("Please choose"))]


class CheckForm(PortalForm):
    """Six questions. Their names stand in the address, so they are German like the rest of it."""

    art = forms.ChoiceField(
        label=_("Who would apply?"),
        choices=[*CHOOSE, *ApplicantType.choices],
        help_text=_("A few people without an association are a volunteer initiative."),
        error_messages={"required": _("Choose who would apply.")},
    )
    massnahme = forms.ChoiceField(
        label=_("What would you like to do?"),
        choices=[*CHOOSE, *MeasureKind.choices],
        error_messages={"required": _("Choose what comes nearest to your idea.")},
    )
    ort = forms.CharField(
        label=_("In which town?"),
        help_text=_("Name or postal code. It decides who advises you; a street is not needed."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the town where it takes place.")},
    )
    beginn = DayField(
        label=_("When does it begin?"),
        required=False,
        help_text=_("Leave it empty if you do not know yet."),
    )
    betrag = EuroField(
        label=_("How much money do you need from us?"),
        required=False,
        help_text=_("In euros, roughly. Leave it empty if you do not know yet."),
    )
    gefoerdert = forms.ChoiceField(
        label=_("Does somebody else pay for the same thing already?"),
        choices=[
            (Elsewhere.NO, _("No")),
            (Elsewhere.YES, _("Yes, or we have applied there")),
            (Elsewhere.UNSURE, _("I am not sure")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )

    @property
    def idea(self) -> Idea:
        """What somebody has in mind, of a valid form."""
        values = self.cleaned_data
        return Idea(
            applicant_type=ApplicantType(values["art"]),
            measure_kind=MeasureKind(values["massnahme"]),
            elsewhere=Elsewhere(values["gefoerdert"]),
            starts_on=values["beginn"],
            amount=values["betrag"],
        )
