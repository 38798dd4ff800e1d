"""The forms with which staff ask about a proof of use, and check it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from projects import money
from projects.admin.cases.forms import StaffTextForm
from projects.fields import EuroField
from projects.plan_words import name_of
from projects.proof import Use
from projects.workflow.settling import Recognised


class QueryForm(StaffTextForm):
    field_order = ["text", "until"]

    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=Native(),
        help_text=gettext_lazy("The last day on which the recipient can answer."),
        error_messages={"required": gettext_lazy("Give a day that is still to come.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is to be answered?")


class CheckForm(forms.Form):
    """What is recognised of each line of costs, and why not all of it.

    `unpaid` are the cents that are needed and have not been paid. A line on which nothing was
    spent is not asked about.
    """

    reason = forms.CharField(
        label=gettext_lazy("Result of the check"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Needed where something is cut. The recipient reads it."),
    )
    rest_given_up = forms.BooleanField(
        label=gettext_lazy("Nothing more of the grant is asked for; the rest goes back."),
        required=False,
    )

    def __init__(self, *args, use: Use, unpaid: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.spent = [each for each in use.costs if each.actual > 0]
        self.unpaid = unpaid
        for each in self.spent:
            position = each.line.position
            self.fields[f"recognised_{position}"] = EuroField(
                label=_("Recognised in euros"),
                initial=each.actual,
                error_messages={"required": _("Enter how much is recognised; 0 is possible.")},
            )
            self.fields[f"note_{position}"] = forms.CharField(
                label=_("Why not all of it"), max_length=500, required=False
            )
        self.plan = [
            {
                "what": name_of(each.line),
                "planned": money.shown(each.planned),
                "actual": money.shown(each.actual),
                "recognised": self[f"recognised_{each.line.position}"],
                "note": self[f"note_{each.line.position}"],
            }
            for each in self.spent
        ]

    def recognised(self) -> dict[int, Recognised]:
        typed = self.cleaned_data
        return {
            position: Recognised(typed[f"recognised_{position}"], typed[f"note_{position}"])
            for position in (each.line.position for each in self.spent)
        }
