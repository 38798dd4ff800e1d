"""The first section: what it is about, and who comes with what kind of plan.

Its first three questions are all that somebody is asked before the draft exists; the others
depend on the answers.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.models.application import SUMMARY_LENGTH, TITLE_LENGTH
from projects.sections.base import BoundSection, Section, SectionForm
from projects.terms import ApplicantType, FundingArea, MeasureKind


class AboutForm(SectionForm):
    title = forms.CharField(
        label=_("Title of the project"),
        help_text=_("Short and clear. If it is funded, the title is published."),
        max_length=TITLE_LENGTH,
        error_messages={"required": _("Give the project a title.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    applicant_type = forms.ChoiceField(
        label=_("Who applies?"),
        help_text=_("The other questions depend on it."),
        choices=ApplicantType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who applies.")},
    )
    measure_kind = forms.ChoiceField(
        label=_("What kind of project is it?"),
        help_text=_("It decides how much money there can be."),
        choices=MeasureKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of project.")},
    )
    funding_area = forms.ChoiceField(
        label=_("What does it help with most?"),
        help_text=_("The county supports these three aims."),
        choices=FundingArea.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it helps with.")},
    )
    summary = forms.CharField(
        label=_("Summary for the public"),
        help_text=_("Two or three sentences. They are published, so please name no participants."),
        max_length=SUMMARY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": True}),
        error_messages={"required": _("Describe the project in two or three sentences.")},
    )

    def prepare(self) -> None:
        rules = self.basis.rules
        if rules is None:
            return
        self.fields["applicant_type"].choices = [
            (kind.value, kind.label) for kind in ApplicantType if kind in rules.applicant_types
        ]
        self.fields["measure_kind"].names = dict(MeasureKind.choices)  # without their ceilings
        self.fields["measure_kind"].choices = [
            (kind.value, _up_to(kind, ceiling)) for kind, ceiling in rules.ceilings.items()
        ]


def _up_to(kind: MeasureKind, ceiling: int) -> str:
    return _("%(kind)s (up to %(amount)s)") % {"kind": kind.label, "amount": money.shown(ceiling)}


class StartForm(AboutForm):
    """The three questions with which a draft begins."""

    def prepare(self) -> None:
        super().prepare()
        self.drop("funding_area", "summary")


def _facts(section: BoundSection) -> dict:
    names = ("title", "summary", "applicant_type", "measure_kind")
    return {name: section.values.get(name) or "" for name in names}


ABOUT = Section(
    slug="vorhaben",
    title=_("Your project"),
    lead=_("What it is called and what it is for."),
    form_class=AboutForm,
    facts=_facts,
)
