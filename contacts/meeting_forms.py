"""The forms of those who convene a group: a meeting, and a paper."""

import datetime as dt
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.enquiry_forms import LineField
from contacts.models import GroupPaper, Meeting
from contacts.proposals import in_one_line
from portal import clock
from portal.forms import DayField, PortalForm
from portal.guarded import is_visible
from portal.uploads import MAX_FILE, MB

YEARS = range(1900, 3000)  # others cannot even be reckoned with


class HourField(forms.TimeField):
    """A time of day: from the browser's clock, or typed as 15:30, 15.30 or 15 Uhr."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    input_formats = ["%H:%M", "%H:%M:%S", "%H.%M", "%H"]
    default_error_messages = {"invalid": _("Enter a time, such as 15:30.")}

    def to_python(self, value: object) -> dt.time | None:
        if isinstance(value, str):
            value = value.strip().removesuffix("Uhr").removesuffix("h").strip()
        return super().to_python(value)


class KeyField(forms.UUIDField):
    """The number that was drawn when the form was opened, by which the same form is known again."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("Please open the form once more."),
        "invalid": _("Please open the form once more."),
    }


class MeetingForm(PortalForm):
    """When, where and about what; times are those of the clock on the wall in Germany.

    `cleaned_data` has `starts_at` and `ends_at`, aware instants.
    """

    key = KeyField(required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = LineField(
        label=_("What it is about"),
        help_text=_("For example: preparing the summer festival."),
        max_length=160,
        required=False,
    )
    day = DayField(label=_("Day"), error_messages={"required": _("Enter the day of the meeting.")})
    starts = HourField(
        label=_("From"), error_messages={"required": _("Enter when it begins, such as 15:30.")}
    )
    ends = HourField(
        label=_("Until"), error_messages={"required": _("Enter when it ends, such as 17:00.")}
    )
    last_day = DayField(
        label=_("Day of the end"),
        help_text=_("Only if it is another day, for example after midnight."),
        required=False,
    )
    place = LineField(
        label=_("Where"),
        help_text=_("Address and room, or the address of an online meeting."),
        max_length=300,
        error_messages={"required": _("Enter where the meeting takes place.")},
    )
    agenda = forms.CharField(
        label=_("Agenda"),
        help_text=_("One point a line. It stands in the mail to all members."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    @classmethod
    def opened(cls) -> "MeetingForm":
        """An empty form for a new meeting."""
        return cls(initial={"key": uuid.uuid4()})

    @classmethod
    def about(cls, meeting: Meeting) -> "MeetingForm":
        """A form that holds what is known of `meeting`."""
        start, end = clock.local(meeting.starts_at), clock.local(meeting.ends_at)
        initial = {
            "seen": meeting.sequence,
            "title": meeting.title,
            "day": start.date(),
            "starts": start.time(),
            "ends": end.time(),
            "last_day": end.date() if end.date() != start.date() else None,
            "place": meeting.place,
            "agenda": meeting.agenda,
        }
        return cls(initial=initial)

    def clean_agenda(self) -> str:
        """Lines as they are stored, so that what is unchanged is known as such."""
        lines = self.cleaned_data["agenda"].splitlines()
        return "\n".join(in_one_line(line) for line in lines).strip()

    def clean(self) -> dict:
        data = super().clean()
        day, last = data.get("day"), data.get("last_day")
        last = last or day
        for name, date, time in (("starts", day, "starts"), ("ends", last, "ends")):
            if date is not None and data.get(time) is not None:
                data[f"{name}_at"] = self._instant(name, date, data[time])
        return data

    def _instant(self, name: str, day: dt.date, time: dt.time) -> dt.datetime | None:
        if day.year not in YEARS:
            self.add_error("day", _("Enter a day, such as 31.10.2026."))
            return None
        try:
            return instant_of(day, time)
        except ValidationError as error:
            self.add_error(name, error)
            return None

    @property
    def plan(self) -> dict:
        """What the verbs take of a valid form."""
        names = ("title", "starts_at", "ends_at", "place", "agenda")
        return {name: self.cleaned_data[name] for name in names}


def instant_of(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant at which clocks in Germany show `time` on `day`, in UTC.

    In the night in which clocks are put back, an hour comes twice: the first one is meant. Raises
    ValidationError for one that is left out in the night in which they are put forward.
    """
    local = dt.datetime.combine(day, time, timezone.get_default_timezone())
    instant = local.astimezone(dt.UTC)
    if clock.local(instant).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValidationError(
            _("In this night clocks are put forward, and this time does not exist. Choose another.")
        )
    return instant


class PaperForm(PortalForm):
    """Minutes or another paper of a group; pages and size are found out by the server."""

    key = KeyField()
    kind = forms.ChoiceField(label=_("What is it?"), choices=GroupPaper.Kind.choices)
    title = LineField(
        label=_("Title"),
        help_text=_("For example: minutes of 12 January."),
        max_length=160,
        error_messages={"required": _("Enter the title.")},
    )
    meeting = forms.ModelChoiceField(
        label=_("Belongs to the meeting"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=_("to none"),
    )
    file = forms.FileField(
        label=_("PDF"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
    )

    def __init__(self, *args, meetings, **kwargs) -> None:
        self.meetings = meetings
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        limit = _("At most %(limit)s MB.") % {"limit": MAX_FILE // MB}
        self.fields["file"].help_text = limit
        self.fields["meeting"].queryset = self.meetings
        self.fields["meeting"].label_from_instance = lambda meeting: meeting.when

    def clean_title(self) -> str:
        title = self.cleaned_data["title"]
        if not is_visible(title):
            raise ValidationError(_("Enter the title."))
        return title
