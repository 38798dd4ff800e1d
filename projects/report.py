"""The report in a proof of use ("Sachbericht"): what is asked of the recipient.

A section like those of the application form, so that pages, versions and documents are made in the
same way. The figures beside it come from the receipts (`projects.proof`).
"""

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

from projects.fields import WholeField
from projects.sections.base import Section, SectionForm
from projects.terms import LEGAL_PERSONS, ApplicantType

SHORTEST = 80  # characters, from which on a report tells something


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-count": True})


class ReportForm(SectionForm):
    done = forms.CharField(
        label=_("What did you do, when and where?"),
        help_text=_("In a few sentences. Please no names of participants."),
        min_length=SHORTEST,
        max_length=4000,
        widget=_long(8),
        error_messages={
            "required": _("Tell what you did."),
            "min_length": _("Tell a little more: a few sentences."),
        },
    )
    participants = WholeField(
        label=_("How many people took part?"),
        error_messages={"required": _("Enter how many people took part.")},
    )
    with_migration = WholeField(
        label=_("How many of them have come from abroad, or their parents have?"),
        help_text=_("A number only. We never ask for names."),
        error_messages={"required": _("Enter how many of them; 0 is fine.")},
    )
    reached = forms.CharField(
        label=_("What has become different by it?"),
        help_text=_("Compare it with the goal that you set yourselves."),
        max_length=2000,
        widget=_long(4),
        error_messages={"required": _("Say what has become different.")},
    )
    deviations = forms.CharField(
        label=_("What went otherwise than planned, and why?"),
        help_text=_("Needed where a line of the plan differs much."),
        max_length=2000,
        required=False,
        widget=_long(4),
    )
    main_costs = forms.CharField(
        label=_("What was most of the money spent on?"),
        max_length=1000,
        widget=_long(3),
        error_messages={"required": _("Say what most of the money was spent on.")},
    )
    publicity = forms.CharField(
        label=_("How did you name the funders in public?"),
        help_text=_("For example on posters, in invitations, on a web page."),
        max_length=1000,
        required=False,
        widget=_long(2),
    )
    next_steps = forms.CharField(
        label=_("What have you learned, and how does it go on?"),
        max_length=1000,
        required=False,
        widget=_long(3),
    )
    used_as_granted = forms.BooleanField(
        label=_("The money was used for the purpose of the grant only."),
        error_messages={"required": _("Please confirm what the money was used for.")},
    )
    economical = forms.BooleanField(
        label=_("The costs were necessary, and we were careful with the money."),
        error_messages={"required": _("Please confirm that the costs were necessary.")},
    )
    agrees_with_books = forms.BooleanField(
        label=_("The figures agree with receipts and books, which we keep."),
        error_messages={"required": _("Please confirm that the figures agree.")},
    )

    def __init__(self, data=None, *, is_final: bool = False, **kwargs) -> None:
        super().__init__(data, is_final=is_final, **kwargs)
        if not is_final:  # whoever is still writing is not told that it is short
            done = self.fields["done"]
            done.validators = [v for v in done.validators if not isinstance(v, MinLengthValidator)]
            done.widget.attrs.pop("minlength", None)

    def prepare(self) -> None:
        if not self.basis.is_from(ApplicantType.INITIATIVE, *LEGAL_PERSONS):
            self.drop("next_steps", "main_costs")

    def clean(self) -> dict:
        values = self.cleaned_data
        part, whole = values.get("with_migration"), values.get("participants")
        if part is not None and whole is not None and part > whole:
            self.add_error("with_migration", _("These are more people than took part."))
        return values


REPORT = Section(
    slug="bericht",
    title=_("Your report"),
    lead=_("What happened, and what came of it. Nobody marks your German."),
    form_class=ReportForm,
)
