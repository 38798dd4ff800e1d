"""The forms on the page of a case, for staff."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.admin.scoped import Native
from portal import clock
from portal.models import User
from projects.actors import CASEWORKERS
from projects.models import Call
from projects.sections import ATTACHMENTS, SECTIONS
from projects.sections.about import StartForm
from projects.terms import Channel
from projects.workflow.office import LONGEST


class StaffTextForm(forms.Form):
    text = forms.CharField(
        label=_("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write at least one sentence.")},
    )


class ChangesForm(StaffTextForm):
    """What the applicant is to change, where, and until when."""

    field_order = ["sections", "text", "due_on"]

    sections = forms.MultipleChoiceField(
        label=_("Sections to be opened"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Mark at least one section.")},
    )
    due_on = forms.DateField(
        label=_("Until"),
        widget=Native(),
        help_text=_("The last day on which the applicant can answer."),
        error_messages={"required": _("Give a day that is still to come.")},
    )

    def __init__(self, *args, asked: set[str], **kwargs) -> None:
        """`asked` are the slugs of the sections that this applicant has."""
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is to be changed?")
        titles = [(section.slug, section.title) for section in SECTIONS if section.slug in asked]
        self.fields["sections"].choices = [*titles, (ATTACHMENTS, _("Attachments"))]


class ReassignForm(forms.Form):
    """To which colleague a case goes."""

    to = forms.ModelChoiceField(
        label=_("Caseworker"),
        queryset=User.objects.none(),
        error_messages={"required": _("Choose a colleague.")},
    )

    def __init__(self, *args, agency_id: int, on: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues(agency_id, on=on)


def colleagues(agency_id: int, *, on: dt.date):
    """The caseworkers of an agency on the local date `on`, by name."""
    from contacts.models import StaffRole
    from contacts.spans import not_ended

    roles = StaffRole.objects.filter(not_ended(on), agency=agency_id, role__in=CASEWORKERS)
    return User.objects.filter(is_active=True, pk__in=roles.values("user")).order_by("name")


class EnterForm(StartForm):
    """The beginning of an application that came without a browser."""

    channel = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.ONLINE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it came.")},
    )
    received_on = forms.DateField(
        label=_("Received"),
        widget=Native(),
        help_text=_("The day on the stamp, or of the call. It decides whether it came in time."),
        error_messages={"required": _("Enter the day on which it was received.")},
    )

    def clean_received_on(self) -> dt.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > clock.today():
            raise forms.ValidationError(_("This day is still to come."))
        return received_on


class LateForm(forms.Form):
    """Leave for one application to come late."""

    reference = forms.CharField(
        label=_("Number of the application"),
        max_length=30,
        help_text=_("The applicant reads it out; it stands above the draft."),
        error_messages={"required": _("Enter the number.")},
    )
    until = forms.DateField(
        label=_("May be sent until the end of"),
        widget=Native(),
        error_messages={"required": _("Give a day that is still to come.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )

    def clean_until(self) -> dt.date:
        until = self.cleaned_data["until"]
        if until > clock.today() + LONGEST:
            raise forms.ValidationError(_("Give a day within a year."))
        return until


class CallChoiceForm(forms.Form):
    """For which call something has come."""

    call = forms.ModelChoiceField(label=_("Call for applications"), queryset=Call.objects.none())
