"""The forms of a call: days and times in place of instants, and the reason of a pause."""

import datetime as dt

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native, NativeTime
from portal import clock
from portal.seen import SeenTranslatableForm
from projects.calendar import end_of_day, last_day, start_of_day
from projects.models import Call
from projects.states import CallState

MIDNIGHT = dt.time()


class CallForm(SeenTranslatableForm):
    """A call opens at the beginning of a day and closes at the end of one, unless a time is given.

    What has opened does not open anew, and what has closed stays closed: these days are shown and
    cannot be changed.
    """

    opens_on = forms.DateField(label=gettext_lazy("Opens on"), widget=Native)
    opens_time = forms.TimeField(
        label=gettext_lazy("At"),
        widget=NativeTime,
        required=False,
        help_text=gettext_lazy("Empty: at the beginning of the day."),
    )
    closes_on = forms.DateField(label=gettext_lazy("Last day"), widget=Native)
    closes_time = forms.TimeField(
        label=gettext_lazy("Until"),
        widget=NativeTime,
        required=False,
        help_text=gettext_lazy("Empty: until the end of the day (midnight)."),
    )

    class Meta:
        model = Call
        fields = ("rule_set", "slug", "budget_year", "measures_from", "measures_until")

    def __init__(self, *args, **kwargs) -> None:
        instance = kwargs.get("instance")
        state = CallState.DRAFT
        if instance is not None and instance.pk:
            kwargs["initial"] = _days_of(instance) | (kwargs.get("initial") or {})
            state = instance.state_at(clock.now())
        super().__init__(*args, **kwargs)
        for name in ("opens_on", "opens_time"):
            self.fields[name].disabled = state not in (CallState.DRAFT, CallState.ANNOUNCED)
        for name in ("closes_on", "closes_time"):
            self.fields[name].disabled = state == CallState.CLOSED
        self.may_close_now = state in (CallState.DRAFT, CallState.CLOSED)

    def clean(self):
        cleaned = super().clean()
        opens_on, closes_on = cleaned.get("opens_on"), cleaned.get("closes_on")
        opens_at = self._instant("opens", opens_on, start_of_day)
        closes_at = self._instant("closes", closes_on, end_of_day)
        if opens_at is None or closes_at is None:
            return cleaned
        if closes_at <= opens_at:
            self.add_error("closes_on", _("The call closes before it opens."))
        elif closes_at <= clock.now() and not self.may_close_now:
            self.add_error("closes_on", _("This day has passed. A call closes by itself."))
        self.instance.opens_at, self.instance.closes_at = opens_at, closes_at
        return cleaned

    def _instant(self, name: str, day: dt.date | None, whole_day) -> dt.datetime | None:
        """The instant of a day and, where one is given, a local time. Errors are added."""
        time = self.cleaned_data.get(f"{name}_time")
        if day is None or f"{name}_time" in self.errors:
            return None
        try:
            if time is None:
                return whole_day(day)
            return from_current_timezone(dt.datetime.combine(day, time)).astimezone(dt.UTC)
        except ValidationError:  # the hour that comes twice in autumn, or never in spring
            self.add_error(f"{name}_time", _("On this day the clocks change: choose another time."))
        except OverflowError:
            self.add_error(f"{name}_on", _("Choose an earlier day."))
        return None


def _days_of(call: Call) -> dict:
    opens, closes = clock.local(call.opens_at), clock.local(call.closes_at)
    until = None if closes.time() == MIDNIGHT else closes.time()
    return {
        "opens_on": opens.date(),
        "opens_time": None if opens.time() == MIDNIGHT else opens.time(),
        "closes_on": closes.date() if until else last_day(call.closes_at),
        "closes_time": until,
    }


class PauseForm(forms.Form):
    """Why a call is paused, in each language; the public reads it."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            needed = code == settings.LANGUAGE_CODE
            self.fields[f"reason_{code}"] = forms.CharField(
                label=_("Reason (%(language)s)") % {"language": name},
                required=needed,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
                error_messages={"required": _("Say why: the public reads it.")},
                help_text=_("What is missing, and what happens next.") if needed else "",
            )

    @property
    def reasons(self) -> dict[str, str]:
        """By language, of a valid form."""
        return {code: self.cleaned_data[f"reason_{code}"] for code, _name in settings.LANGUAGES}
