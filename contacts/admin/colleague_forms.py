"""The forms by which a colleague comes and goes."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from contacts.models import Agency, Person
from contacts.roles import Role
from portal.forms import PortalForm


class InvitationForm(PortalForm):
    """One form for somebody new and for somebody who works for another agency already."""

    name = forms.CharField(
        label=gettext_lazy("First name and surname"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address at work"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the e-mail address.")},
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency"),
        queryset=Agency.objects.none(),
        error_messages={"required": gettext_lazy("Choose the agency.")},
    )
    roles = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=Role.choices,
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one role.")},
    )
    person = forms.ModelChoiceField(
        label=gettext_lazy("On the public cards as"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("not named there"),
        help_text=gettext_lazy(
            "Enquiries to this person's posts are theirs then, and the name goes from the cards "
            "when the colleague leaves."
        ),
    )

    def __init__(self, *args, agencies, people, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies
        self.fields["person"].queryset = people.filter(user__isnull=True)
        found = list(agencies[:2])
        if len(found) == 1:
            self.fields["agency"].initial = found[0]
            self.fields["agency"].empty_label = None

    def clean_person(self) -> Person | None:
        person, agency = self.cleaned_data["person"], self.cleaned_data.get("agency")
        if person is not None and agency is not None and person.agency_id != agency.pk:
            raise ValidationError(_("This person belongs to another agency."))
        return person


class LeavingForm(PortalForm):
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=Native,
        help_text=gettext_lazy(
            "On this day everything still works. Empty: account and name go at once."
        ),
    )
