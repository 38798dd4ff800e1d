"""Where and when it takes place, and with whom."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contacts.resolver import LookUp, Outcome, Resolution, look_up
from portal.forms import DayField
from projects.sections.base import Basis, BoundSection, Rows, Section, SectionForm
from projects.terms import LEGAL_PERSONS, ApplicantType, StartRule

SHOWN_CHOICES = 5


class ScheduleForm(SectionForm):
    is_online = forms.BooleanField(
        label=_("It takes place online, or in part"),
        help_text=_("Name the town all the same from which most people take part."),
        required=False,
    )
    starts_on = DayField(
        label=_("First day"),
        help_text=_("The first day of the project, or the only one."),
        error_messages={"required": _("Enter the first day.")},
    )
    ends_on = DayField(
        label=_("Last day"),
        help_text=_("The money is meant for these days."),
        error_messages={"required": _("Enter the last day.")},
    )

    def prepare(self) -> None:
        if not self.basis.is_from(ApplicantType.INITIATIVE, *LEGAL_PERSONS):
            self.drop("is_online")

    def clean(self) -> dict:
        values = self.cleaned_data
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first one."))
        for name in ("starts_on", "ends_on"):
            self._refuse_outside(name)
        return values

    def _refuse_outside(self, name: str) -> None:
        """The days of the call, where they are known."""
        day, basis = self.cleaned_data.get(name), self.basis
        if not day or basis.first_day is None or basis.last_day is None:
            return
        if not basis.first_day <= day <= basis.last_day:
            message = _("Projects of this call lie between %(first)s and %(last)s.")
            days = {"first": date_format(basis.first_day), "last": date_format(basis.last_day)}
            self.add_error(name, message % days)


class PlaceForm(SectionForm):
    place = forms.CharField(
        label=_("Town of the project"),
        help_text=_("Town, part of a town or postal code. It decides who advises you."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Name the town.")},
    )

    def clean_place(self) -> dict | str:
        """The place as its key and name, once it is certain which one is meant."""
        typed = self.cleaned_data["place"]
        if not typed or self.basis.snapshot is None:
            return typed
        found = look_up(typed, on=self.basis.on, snapshot=self.basis.snapshot)
        if found.outcome is Outcome.NONE:
            raise ValidationError(
                _("We do not know “%(typed)s”. Name the town to which it belongs.")
                % {"typed": typed},
                code="unknown",
            )
        if found.outcome is Outcome.CHOOSE:
            raise ValidationError(
                _("Several places fit. Which one is it: %(choices)s?")
                % {"choices": _choices(found)},
                code="several",
            )
        place = found.places[0]
        town = place.municipality or place
        name = place.name if place is town else f"{town.name}, {place.name}"
        return {"key": place.key, "name": name, "is_covered": _is_covered(found.answer)}


def _is_covered(answer: Resolution) -> bool:
    return answer.outcome is not Outcome.OUTSIDE


def _choices(found: LookUp) -> str:
    """Names that lead to one place each when typed."""
    return " · ".join(
        dict.fromkeys(
            f"{hit.place.municipality.name} {_part(hit.place)}".strip()
            if hit.place.municipality
            else hit.place.name
            for hit in found.hits[:SHOWN_CHOICES]
        )
    )


def _part(place) -> str:
    return f"OT {place.name}" if place.is_part else ""


def lasts_one_day(first: dt.date | None, last: dt.date | None) -> bool:
    return first is not None and first == last


def begins_early(first: dt.date | None, basis: Basis) -> bool:
    """Whether the project begins before a grant could still be given for it without question."""
    if first is None or basis.rules is None or basis.on is None:
        return False
    if basis.rules.start_rule == StartRule.AFTER_APPLICATION:
        return first < basis.on
    return first <= basis.on


def _facts(section: BoundSection) -> dict:
    return {name: section.values.get(name) for name in ("starts_on", "ends_on")}


SCHEDULE = Section(
    slug="ort-und-zeit",
    title=_("Where and when"),
    lead=_("At least one place has to lie in the county."),
    form_class=ScheduleForm,
    rows=(Rows("places", PlaceForm, _("Place of the project"), _("Add a place"), most=10),),
    facts=_facts,
)


class PartnersForm(SectionForm):
    """Nothing beside the rows."""


class PartnerForm(SectionForm):
    name = forms.CharField(
        label=_("Name of the partner"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the name of the partner.")},
    )
    role = forms.CharField(
        label=_("What do they do?"),
        help_text=_("In one sentence."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say what the partner does.")},
    )


def _has_partners(basis: Basis) -> bool:
    return basis.is_blank or basis.needs_partner


PARTNERS = Section(
    slug="partner",
    title=_("Your partners"),
    lead=_(
        "Bodies are funded together with volunteers: name the initiative with which you work. "
        "A short letter from them can be attached."
    ),
    form_class=PartnersForm,
    rows=(Rows("partners", PartnerForm, _("Partner"), _("Add a partner"), most=10),),
    asked=_has_partners,
)
