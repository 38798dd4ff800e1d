"""The filters of the guide; every choice is in the address, and matches come from the snapshot."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts import names
from contacts.filters import FilterForm
from contacts.index import Hit
from contacts.models.offices import OpeningHours
from contacts.places import Place
from contacts.resolver import look_up
from contacts.snapshot import Snapshot
from contacts.spoken import language_name
from projects.guide import Guide, OfferView
from projects.models import Offer
from projects.models.guide import OfferKind, TargetGroup

SHOWN_CHOICES = 20
SHORT = {"ort": _("Town"), "text": _("Words")}  # for filters in use


@dataclass(frozen=True)
class Asked:
    """What a typed place means: `places`, or `choices` to choose from, or neither."""

    typed: str
    places: tuple[Place, ...] = ()
    choices: tuple[Hit, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it has to be answered first which place is meant."""
        return bool(self.typed) and not self.places

    @classmethod
    def read(cls, typed: str, chosen: str, *, on: dt.date, snapshot: Snapshot) -> "Asked":
        """Read `typed` as the look-up does; `chosen` is the key of one of the places it may mean.

        Several places that are certain, such as those of a postal code, are all meant.
        """
        cleaned = names.clean(typed)
        if not cleaned:
            return cls("")
        found = look_up(cleaned, on=on, snapshot=snapshot)
        hit = next((hit for hit in found.hits if hit.place.key == chosen), None)
        if hit is not None:
            return cls(cleaned, (hit.place,))
        if found.answer is not None:
            return cls(cleaned, found.places)
        return cls(cleaned, choices=found.hits[:SHOWN_CHOICES])


@dataclass(frozen=True)
class Active:
    """A filter in use: what it says, and the rest of the address without it."""

    label: str
    value: str
    query: str


class GuideFilter(django_filters.FilterSet):
    """By place, words, kind, target group, language, weekday, cost and access.

    Choices that no offer has are left out; one in the address that is none is told, and filters
    nothing.
    """

    ort = django_filters.CharFilter(
        label=_("Town, part of a town or postal code"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"list": "towns", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    text = django_filters.CharFilter(
        label=_("Words, such as bicycle or choir"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    art = django_filters.ChoiceFilter(label=_("What"), empty_label=_("Everything"))
    fuer = django_filters.ChoiceFilter(label=_("For whom"), empty_label=_("All groups"))
    sprache = django_filters.ChoiceFilter(label=_("Language"), empty_label=_("All languages"))
    tag = django_filters.ChoiceFilter(label=_("Day of the week"), empty_label=_("All days"))
    kostenlos = django_filters.BooleanFilter(
        label=_("Free of charge"), widget=forms.CheckboxInput(attrs={"value": "1"})
    )
    stufenlos = django_filters.BooleanFilter(
        label=_("Step-free access"), widget=forms.CheckboxInput(attrs={"value": "1"})
    )

    class Meta:
        model = Offer
        fields = []
        form = FilterForm

    FIRST = ("ort", "text")  # always in sight

    def __init__(self, data: QueryDict, *, guide: Guide, snapshot: Snapshot, on: dt.date) -> None:
        super().__init__(_readable(data), Offer.objects.none())
        self.snapshot, self.on = snapshot, on
        self.listed = guide.listed(on)
        for name, choices in self._choices().items():
            if choices:
                self.filters[name].extra["choices"] = choices
            else:
                del self.filters[name]

    # What fits ----------------------------------------------------------------------------------

    @cached_property
    def values(self) -> dict[str, object]:
        """The filters in use by name, without those that say nothing or nonsense."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @cached_property
    def asked(self) -> Asked:
        typed, chosen = str(self.values.get("ort", "")), self.data.get("gebiet", "")
        return Asked.read(typed, chosen, on=self.on, snapshot=self.snapshot)

    @cached_property
    def offers(self) -> list[OfferView]:
        """What fits all filters; what lies nearest to the place comes first."""
        if self.asked.is_open:
            return []
        found = [offer for offer in self.listed if self._fits(offer)]
        if self.asked.places:
            found.sort(key=lambda offer: -offer.place.depth)  # stable: by town and title
        return found

    def without(self, *dropped: str) -> int:
        """How many offers would fit without these filters."""
        data = self.data.copy()
        for name in dropped:
            data.pop(name, None)
        guide = Guide(tuple(self.listed), {})
        return len(GuideFilter(data, guide=guide, snapshot=self.snapshot, on=self.on).offers)

    def _fits(self, offer: OfferView) -> bool:
        places = self.asked.places
        if places and not any(offer.is_for(place) for place in places):
            return False
        used = MATCHES.keys() & self.values.keys()
        return all(MATCHES[name](offer, self.values[name]) for name in used)

    # What is shown ------------------------------------------------------------------------------

    @property
    def is_filtered(self) -> bool:
        return bool(self.values)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.FIRST if name in self.filters]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.filters if name not in self.FIRST]

    @property
    def is_more_open(self) -> bool:
        """Whether the second part of the form has something to show: a choice, or an error."""
        later = [name for name in self.filters if name not in self.FIRST]
        return any(name in self.values or name in self.form.errors for name in later)

    @property
    def towns(self) -> list[str]:
        """The names of towns with an offer, for the field of the place."""
        towns = {o.place.municipality for o in self.listed if o.place.municipality}
        return [town.name for town in sorted(towns, key=lambda town: town.sort_key)]

    @cached_property
    def in_use(self) -> list[tuple[str, str]]:
        """What an address has to hold to mean the same."""
        values = [(name, self.data[name]) for name in self.values]
        chosen = [place.key for place in self.asked.places if place.key == self.data.get("gebiet")]
        return values + [("gebiet", key) for key in chosen]

    def query(self, **changes: object) -> str:
        """The filters in use as the rest of an address; a change to None takes one away."""
        query = QueryDict(mutable=True)
        for name, value in (dict(self.in_use) | changes).items():
            if value is not None:
                query[name] = str(value)
        return query.urlencode()

    @property
    def active(self) -> list[Active]:
        return list(self._active())

    def _active(self) -> Iterator[Active]:
        for name, value in self.values.items():
            bound = self.form[name]
            if isinstance(bound.field, django_filters.fields.ChoiceField):
                shown = str(dict(bound.field.choices).get(value, value))
            elif name == "ort" and self.asked.places:
                shown = ", ".join(dict.fromkeys(place.name for place in self.asked.places[:3]))
            else:
                shown = "" if value is True else str(value)
            away = {name: None} | ({"gebiet": None} if name == "ort" else {})
            label = SHORT.get(name, bound.label)
            yield Active(str(label), shown, self.query(**away))

    def _choices(self) -> dict[str, list[tuple[str, str]]]:
        kinds = {offer.kind for offer in self.listed}
        groups = {key for offer in self.listed for key in offer.target_groups}
        languages = {code: language_name(code) for o in self.listed for code in o.languages}
        days = {time.weekday for offer in self.listed for time in offer.times}
        return {
            "art": [choice for choice in OfferKind.choices if choice[0] in kinds],
            "fuer": [
                choice
                for choice in TargetGroup.choices
                if choice[0] in groups and choice[0] != TargetGroup.EVERYONE
            ],
            "sprache": sorted(languages.items(), key=lambda pair: pair[1].casefold()),
            "tag": [(str(d.value), d.label) for d in OpeningHours.Weekday if d.value in days],
        }


def _readable(data: QueryDict) -> QueryDict:
    """The address with what is typed cleaned: no NUL, nothing that cannot be seen, not too long."""
    read = data.copy()
    for name in ("ort", "text"):
        if name in read:
            read[name] = names.clean(read[name])
    return read


def _is_for(offer: OfferView, group: str) -> bool:
    return group in offer.target_groups or TargetGroup.EVERYONE in offer.target_groups


def _is_about(offer: OfferView, typed: str) -> bool:
    return offer.is_about([names.search_keys(word) for word in typed.split()])


MATCHES: dict[str, Callable[[OfferView, str], bool]] = {
    "text": _is_about,
    "art": lambda offer, value: offer.kind == value,
    "fuer": _is_for,
    "sprache": lambda offer, value: value in offer.languages,
    "tag": lambda offer, value: any(str(time.weekday) == value for time in offer.times),
    "kostenlos": lambda offer, _value: offer.is_free,
    "stufenlos": lambda offer, _value: offer.is_step_free,
}
