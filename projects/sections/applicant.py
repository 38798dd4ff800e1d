"""Who applies: only what the office needs to decide, to write and to call."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from projects.fields import YesNoField
from projects.sections.base import BoundSection, Section, SectionForm
from projects.terms import BODIES, LEGAL_PERSONS, ApplicantType, Paper

POSTAL_CODE = RegexValidator(r"^[0-9]{5}\Z", _("Enter the five digits of the postal code."))
PHONE = RegexValidator(r"^[0-9+()/\s.-]{5,}\Z", _("Enter a telephone number, such as 03437 12345."))

# What the name of the applicant is called, by who applies.
NAMES = {
    ApplicantType.PRIVATE: _("Your first and last name"),
    ApplicantType.INITIATIVE: _("Name of the initiative"),
    ApplicantType.ASSOCIATION: _("Name of the association"),
}


def _text(**attrs) -> forms.TextInput:
    return forms.TextInput(attrs=attrs)


class ApplicantForm(SectionForm):
    name = forms.CharField(
        label=_("Name of the applicant"),
        help_text=_("The letter with the decision is addressed to this name."),
        max_length=200,
        widget=_text(autocomplete="organization"),
        error_messages={"required": _("Enter the name.")},
    )
    liable_person = forms.CharField(
        label=_("Who answers for the money?"),
        help_text=_(
            "First and last name of one of you. An initiative is no legal person, so the grant "
            "goes to somebody by name."
        ),
        max_length=200,
        widget=_text(autocomplete="name"),
        error_messages={"required": _("Name the person who answers for the money.")},
    )
    legal_form = forms.CharField(
        label=_("Legal form"),
        help_text=_("For example gGmbH, foundation, municipality."),
        max_length=100,
        widget=_text(autocomplete="off"),
        error_messages={"required": _("Enter the legal form.")},
    )
    street = forms.CharField(
        label=_("Street and number"),
        help_text=_("Where letters arrive."),
        max_length=150,
        widget=_text(autocomplete="address-line1"),
        error_messages={"required": _("Enter street and number.")},
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=10,
        validators=[POSTAL_CODE],
        widget=_text(autocomplete="postal-code", inputmode="numeric"),
        error_messages={"required": _("Enter the postal code.")},
    )
    town = forms.CharField(
        label=_("Town"),
        max_length=100,
        widget=_text(autocomplete="address-level2"),
        error_messages={"required": _("Enter the town.")},
    )
    representative = forms.CharField(
        label=_("Who signs for you?"),
        help_text=_("Name and function, as the statutes say; several in several lines."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Name who may sign for you.")},
    )
    contact_name = forms.CharField(
        label=_("Whom can we ask about the project?"),
        help_text=_("First and last name."),
        max_length=200,
        widget=_text(autocomplete="name"),
        error_messages={"required": _("Name somebody whom we can ask.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        help_text=_("So that a question can be settled in a minute."),
        max_length=40,
        validators=[PHONE],
        widget=_text(autocomplete="tel", type="tel"),
        error_messages={"required": _("Enter a telephone number.")},
    )
    statutes = forms.ChoiceField(
        label=_("Statutes"),
        help_text=_("They say what you are there for and who may sign."),
        choices=Paper.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say where the statutes are.")},
    )
    register = forms.ChoiceField(
        label=_("Extract from the register"),
        help_text=_("Of associations, companies or the like."),
        choices=Paper.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say where the extract is.")},
    )
    exemption = forms.ChoiceField(
        label=_("Notice of tax exemption"),
        help_text=_("It shows that you work for the common good."),
        choices=Paper.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say where the notice is.")},
    )
    deducts_vat = YesNoField(
        label=_("May you deduct input tax (Vorsteuer)?"),
        help_text=_("If so, please give all amounts without VAT."),
        error_messages={"required": _("Choose yes or no.")},
    )
    is_recognised = YesNoField(
        label=_("Are you a religious community recognised by the state?"),
        help_text=_("Only these can be funded as religious communities."),
        error_messages={"required": _("Choose yes or no.")},
    )

    def prepare(self) -> None:
        asks = self.basis.is_from
        if not asks(ApplicantType.INITIATIVE):
            self.drop("liable_person")
        if not asks(*BODIES):
            self.drop("legal_form")
        if not asks(*LEGAL_PERSONS):
            self.drop("representative", "contact_name", "statutes", "register", "exemption")
            self.drop("deducts_vat")
        if not asks(ApplicantType.RELIGIOUS):
            self.drop("is_recognised")
        if self.basis.applicant_type in NAMES:
            self.fields["name"].label = NAMES[self.basis.applicant_type]
        if self.basis.applicant_type == ApplicantType.PRIVATE:
            self.fields["name"].widget.attrs["autocomplete"] = "name"


def _facts(section: BoundSection) -> dict:
    return {"applicant_name": section.values.get("name") or ""}


APPLICANT = Section(
    slug="antragstellende",
    title=_("Who applies"),
    lead=_("How we reach you, and who answers for the grant."),
    form_class=ApplicantForm,
    facts=_facts,
)
