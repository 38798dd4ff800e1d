"""The form by which whoever offers something enters it for the guide, without an account."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts import spoken
from contacts.models.offices import YesNoUnknown
from contacts.places import Place
from contacts.published import AgencyView
from contacts.resolver import resolve
from contacts.snapshot import Snapshot
from portal.entrance.forms import AddressField
from portal.forms import DayField
from portal.guarded import GuardedForm, is_visible
from projects.guide_fields import TIME_FIELDS, PhoneField, time_fields
from projects.guide_filters import Asked
from projects.models import Offer
from projects.models.guide import TEXT_LENGTH, OfferKind, TargetGroup
from projects.offers import Time

TIMES = 7  # rows for times
FIRST_TIMES = 2  # of them in sight; the others are one click away
CHOOSE = [("", _("Please choose"))]


class OfferForm(GuardedForm):
    """What is offered, where, when, for whom; how it is reached; and who has entered it."""

    salt = "projects.offer"

    title = forms.CharField(
        label=_("Name of the offer"),
        help_text=_("For example: Language café in the library"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name for the offer.")},
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[*CHOOSE, *OfferKind.choices],
        error_messages={"required": _("Choose what comes nearest.")},
    )
    text = forms.CharField(
        label=_("What happens there?"),
        help_text=_("Two or three plain sentences are enough."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    written_in = forms.ChoiceField(label=_("In which language have you written this?"))
    provider = forms.CharField(
        label=_("Who offers it?"),
        help_text=_("The association, parish, library or initiative."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter who offers it.")},
    )
    place = forms.CharField(
        label=_("Town, part of a town or postal code"),
        help_text=_("It stands in the list of this place."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the town where it takes place.")},
    )
    chosen = forms.ChoiceField(
        label=_("Which one do you mean?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the place that you mean.")},
    )
    venue = forms.CharField(label=_("Building or room"), max_length=200, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=120, required=False)
    by_appointment = forms.BooleanField(label=_("By appointment"), required=False)
    times_note = forms.CharField(
        label=_("Note on the times"),
        help_text=_("For example: not in the school holidays"),
        max_length=300,
        required=False,
    )
    valid_from = DayField(
        label=_("First day"), required=False, help_text=_("Empty: it takes place already.")
    )
    valid_until = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: no end is planned.")
    )
    target_groups = forms.MultipleChoiceField(
        label=_("For whom is it?"),
        choices=TargetGroup.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label=_("Which languages are spoken there?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cost = forms.ChoiceField(
        label=_("Does it cost anything?"),
        choices=[
            (Offer.Cost.FREE, _("No, it is free of charge")),
            (Offer.Cost.FEE, _("Yes")),
            (Offer.Cost.UNKNOWN, _("I do not know")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it costs anything.")},
    )
    cost_note = forms.CharField(label=_("How much, and for what"), max_length=200, required=False)
    step_free = forms.ChoiceField(
        label=_("Can one get in without steps?"),
        choices=[
            (YesNoUnknown.YES, _("Yes")),
            (YesNoUnknown.NO, _("No")),
            (YesNoUnknown.UNKNOWN, _("I do not know")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether one can get in without steps.")},
    )
    access_note = forms.CharField(
        label=_("Note on access"),
        help_text=_("For example: lift, ramp, bell at the side entrance"),
        max_length=300,
        required=False,
    )
    contact_name = forms.CharField(label=_("Whom to ask"), max_length=120, required=False)
    phone = PhoneField(label=_("Telephone"), required=False)
    email = AddressField(label=_("E-mail"), required=False)
    website = forms.URLField(
        label=_("Web site"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "url"}),
        error_messages={"invalid": _("Enter an address such as www.example.org.")},
    )
    submitter_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    submitter_email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("Here we tell you what becomes of it, and ask once a year if it is right."),
    )

    SECTIONS = (
        (_("What is offered"), ("title", "kind", "text", "written_in", "provider")),
        (_("Where"), ("place", "chosen", "venue", "street")),
        (_("When"), ("by_appointment", "times_note", "valid_from", "valid_until")),
        (_("For whom, and how"), ("target_groups", "languages", "cost", "cost_note")),
        (_("Getting in"), ("step_free", "access_note")),
        (_("Contact that everybody sees"), ("contact_name", "phone", "email", "website")),
        (_("About you, for the office only"), ("submitter_name", "submitter_email")),
    )
    WHEN = 2  # the section that begins with the rows of times

    def __init__(self, *args, snapshot: Snapshot, on: dt.date, **kwargs) -> None:
        self.snapshot, self.on = snapshot, on
        super().__init__(*args, **kwargs)
        for number in range(TIMES):
            for name in TIME_FIELDS:  # the legend of the row says that it may stay empty
                field = self.fields[f"{name}_{number}"]
                field.label = field.plain_label

    def prepare(self) -> None:
        self.fields["written_in"].choices = spoken.choices()
        self.fields["written_in"].initial = get_language()
        self.fields["languages"].choices = spoken.choices()
        self.fields["languages"].is_short = self.fields["target_groups"].is_short = True
        for number in range(TIMES):
            self.fields |= time_fields(number)
        self.asked = Asked("")
        self.certain: tuple[Place, ...] = ()
        self.possible: tuple[Place, ...] = ()  # all that the typed place may mean
        if self.is_bound:
            self._read_place(self.data.get("place", "")[:200], self.data.get("chosen", ""))
        if self.possible and len(self.certain) != 1:
            self.fields["chosen"].choices = [(p.key, _in_full(p)) for p in self.possible]
        else:
            del self.fields["chosen"]

    def _read_place(self, typed: str, chosen: str) -> None:
        """What was typed may be several places, or none for certain: then one has to be chosen."""
        read = partial(Asked.read, typed, on=self.on, snapshot=self.snapshot)
        self.asked, unchosen = read(chosen), read("")
        self.certain = unchosen.places
        self.possible = unchosen.places or tuple(hit.place for hit in unchosen.choices)

    # What was entered ---------------------------------------------------------------------------

    @property
    def chosen_place(self) -> Place | None:
        """The one place that is meant."""
        return self.asked.places[0] if len(self.asked.places) == 1 else None

    @property
    def agency(self) -> AgencyView | None:
        """Who looks after the entry: an agency that is at work at the place."""
        place = self.chosen_place
        if place is None:
            return None
        answer = resolve(place, on=self.on, snapshot=self.snapshot).agency
        covering = self.snapshot.covering.get(place.district.id, ())
        at_work = [a for a in (answer, *covering) if a and not a.is_finished(self.on)]
        return at_work[0] if at_work else None

    @property
    def values(self) -> dict:
        """Fields of an `Offer` and its texts, of a valid form."""
        place = self.chosen_place
        town = place.municipality or place
        codes = place.known_codes
        kept = {
            name: self.cleaned_data[name]
            for _heading, names_ in self.SECTIONS
            for name in names_
            if name not in ("place", "chosen", "written_in")
        }
        # An address without a street needs no postal code.
        code = codes[0] if len(codes) == 1 and kept["street"] else ""
        return kept | {"postal_code": code, "city": "" if place.is_district else town.name}

    @property
    def times(self) -> list[Time]:
        return [time for number in range(TIMES) if (time := self._time(number))]

    def _time(self, number: int) -> Time | None:
        values = {name: self.cleaned_data.get(f"{name}_{number}") for name in TIME_FIELDS}
        if not values["day"] or values["opens"] is None:
            return None
        return Time(int(values["day"]), values["opens"], values["closes"], values["rhythm"])

    # Checks -------------------------------------------------------------------------------------

    def clean_title(self) -> str:
        title = self.cleaned_data["title"]
        if not is_visible(title):
            raise ValidationError(self.fields["title"].error_messages["required"])
        return title

    def clean_place(self) -> str:
        typed = self.cleaned_data["place"]
        if not self.possible:
            raise ValidationError(
                _("We do not know “%(typed)s”. Name the town to which it belongs."),
                params={"typed": typed},
            )
        if self.chosen_place is not None and self.agency is None:
            raise ValidationError(
                _("No agency of this portal is at work there, so nobody could look after it.")
            )
        return typed

    def clean(self) -> dict:
        values = self.cleaned_data
        first, last = values.get("valid_from"), values.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day lies before the first day."))
        elif last and last < self.on:
            self.add_error("valid_until", _("This day has passed."))
        reach = ("phone", "email", "website")
        if not any(values.get(name) or name in self.errors for name in reach):
            self.add_error("phone", _("Enter a telephone number, an e-mail address or a web site."))
        for number in range(TIMES):
            self._check_time(number)
        if not self.errors:
            self.check_moment()
        return values

    def _check_time(self, number: int) -> None:
        day, opens, closes = (f"{name}_{number}" for name in TIME_FIELDS[:3])
        values = self.cleaned_data
        if any(name in self.errors for name in (day, opens, closes)):
            return
        if values.get(day) and values.get(opens) is None:
            self.add_error(opens, _("Enter when it begins, such as 15:30."))
        elif not values.get(day) and (values.get(opens) or values.get(closes)):
            self.add_error(day, _("Choose the day of the week."))
        elif values.get(closes) and values[closes] <= values[opens]:
            self.add_error(closes, _("The end has to be later than the beginning."))

    # Shown --------------------------------------------------------------------------------------

    @property
    def sections(self) -> Iterator[tuple[str, list[forms.BoundField], bool]]:
        """Heading, fields, and whether the rows of times come first."""
        for number, (heading, own) in enumerate(self.SECTIONS):
            yield heading, [self[name] for name in own if name in self.fields], number == self.WHEN

    @property
    def first_rows(self) -> list[list[forms.BoundField]]:
        return [self._row(number) for number in range(FIRST_TIMES)]

    @property
    def more_rows(self) -> list[list[forms.BoundField]]:
        return [self._row(number) for number in range(FIRST_TIMES, TIMES)]

    @property
    def is_more_open(self) -> bool:
        """Whether something stands in the rows that are out of sight."""
        return any(field.value() for row in self.more_rows for field in row[:3])

    def _row(self, number: int) -> list[forms.BoundField]:
        return [self[f"{name}_{number}"] for name in TIME_FIELDS]


def _in_full(place: Place) -> str:
    """The name of a place with what it is part of."""
    return ", ".join(area.name for area in place.ladder)
