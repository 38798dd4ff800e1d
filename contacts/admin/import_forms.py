"""The form that takes a file."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from contacts.models import Agency
from portal.sheets import MAX_BYTES

KEEP, COMPLETE = "keep", "complete"


class UploadForm(forms.Form):
    """A file, for which agency, from when, and whether what it leaves out ends."""

    agency = forms.ModelChoiceField(label=gettext_lazy("agency"), queryset=Agency.objects.none())
    file = forms.FileField(
        label=gettext_lazy("file"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "CSV or XLSX, up to 5,000 rows and 5 MB, with the columns of the tables below."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    effective_on = forms.DateField(
        label=gettext_lazy("holds from"),
        widget=Native,
        help_text=gettext_lazy("The first day of what is new and of what has changed."),
    )
    left_out = forms.ChoiceField(
        label=gettext_lazy("what the file does not name"),
        widget=forms.RadioSelect,
        choices=[
            (KEEP, gettext_lazy("stays as it is")),
            (COMPLETE, gettext_lazy("ends the day before: the file is complete")),
        ],
    )

    def __init__(self, *args, agencies, today, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["agency"].queryset = agencies
        self.fields["effective_on"].initial = today
        if len(agencies) == 1:
            self.fields["agency"].initial = agencies[0]
            self.fields["agency"].empty_label = None

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            message = _("The file is larger than %(size)d MB.") % {"size": MAX_BYTES // 2**20}
            raise forms.ValidationError(message)
        return file

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if day < self.today:
            raise forms.ValidationError(
                _("Choose today or a later day: what has been is not changed.")
            )
        return day
