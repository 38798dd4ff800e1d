"""Forms of the steps with an enquiry."""

from collections.abc import Iterable

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from contacts.enquiries.desks import Target
from contacts.models.enquiry import TEXT_LENGTH, Outcome

REASON_LENGTH = 500


class TextForm(forms.Form):
    text = forms.CharField(
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Write a text.")},
    )

    def __init__(self, *args, label: str, help_text: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].help_text = help_text


class HandOnForm(forms.Form):
    to = forms.ChoiceField(
        label=gettext_lazy("To whom?"),
        error_messages={"required": gettext_lazy("Choose who takes it.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Your colleagues read this in the history. Please without the sender's name."
        ),
        error_messages={"required": gettext_lazy("Say why you hand it on.")},
    )

    def __init__(self, *args, targets: Iterable[Target], agency_id: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        own, others = [], []
        for target in targets:
            group = own if target.agency.id == agency_id else others
            whole = target.post is None and group is own
            label = _("the agency as a whole") if whole else target.label
            group.append((target.key, label))
        choices = [("", _("Please choose")), (_("Here"), own), (_("Another agency"), others)]
        self.fields["to"].choices = [each for each in choices if each[0] == "" or each[1]]


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[choice for choice in Outcome.choices if choice[0]],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "From today on it is kept for as long as the privacy page says, and then erased."
        ),
        error_messages={"required": gettext_lazy("Say how it ended.")},
    )

    def __init__(self, *args, has_interpreter: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if has_interpreter:
            warning = _("An interpreter is asked, or comes: they are told that nobody is needed.")
            kept = self.fields["outcome"].help_text
            self.fields["outcome"].help_text = format_lazy("{} {}", warning, kept)


class DayForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Look again on"),
        required=False,
        widget=Native(),
        help_text=gettext_lazy("You are reminded on that day. Empty: not any more."),
    )
