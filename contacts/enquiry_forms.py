"""The forms by which people write to an agency: one class, whose fields depend on the kind."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts import spoken
from contacts.enquiries.kinds import ACTIVITIES
from contacts.enquiries.questions import FIELDS, HINTS, LABELS, NEEDED, REACH
from contacts.enquiries.receiving import PREFIX
from contacts.enquiries.where import Where, read_place
from contacts.models import Enquiry
from contacts.models.enquiry import TEXT_LENGTH, Activity, EnquiryKind, Talk
from contacts.proposals import in_one_line
from contacts.published import AgencyView
from contacts.snapshot import Snapshot
from portal import references
from portal.entrance.forms import AddressField
from portal.forms import DayField, PortalForm
from portal.guarded import GuardedForm, is_visible

OTHER = "other"
LONGEST_PLACE = 200


class LineField(forms.CharField):
    """One line, which others read in mails: nothing in it breaks or turns what follows."""

    def to_python(self, value: object) -> str:
        return in_one_line(super().to_python(value))


class EnquiryForm(GuardedForm):
    """What one kind of enquiry asks. `where` says, once it was sent, how its place was read.

    `on` is the local date, `offices` are the agencies at work (not empty).
    """

    salt = "contacts.enquiry"

    activities = forms.MultipleChoiceField(
        choices=Activity.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that fit."),
        error_messages={"required": _("Choose at least one point.")},
    )
    wanted_language = forms.ChoiceField(
        label=_("Which language do you need?"),
        error_messages={"required": _("Choose the language.")},
    )
    text = forms.CharField(
        label=_("Your message"),
        help_text=_("A few words are enough. Write in any language."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write a few words, so that we know what it is about.")},
    )
    talk = forms.ChoiceField(
        label=_("What kind of talk is it?"),
        choices=Talk.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of talk.")},
    )
    talk_on = DayField(
        label=_("Day of the talk"),
        error_messages={"required": _("Enter the day of the talk.")},
    )
    talk_at = forms.TimeField(
        label=_("Time of the talk"),
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": _("Enter the time of the talk."),
            "invalid": _("Enter a time, such as 14:30."),
        },
    )
    times = LineField(max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    languages = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    more_languages = LineField(
        label=_("Another language"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = LineField(
        label=_("Club or organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of your club or organisation.")},
    )
    place = LineField(
        label=_("Town, part of a town or postal code"),
        help_text=_("It decides who answers you."),
        max_length=LONGEST_PLACE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
        error_messages={"required": _("Enter the town, or the nearest one that you know.")},
    )
    name = LineField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(label=_("E-mail address"))
    phone = LineField(
        label=_("Telephone number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}
        ),
    )
    page = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    stelle = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(
        self,
        *args,
        kind: EnquiryKind,
        snapshot: Snapshot,
        on: dt.date,
        offices: list[AgencyView],
        **kwargs,
    ) -> None:
        self.kind, self.snapshot, self.on, self.offices = EnquiryKind(kind), snapshot, on, offices
        self.where = Where()
        super().__init__(*args, **kwargs)
        if kind != EnquiryKind.BARRIER:  # one of them is needed: neither is marked as optional
            for name in ("email", "phone"):
                self.fields[name].label = self.fields[name].plain_label

    # Which fields there are -----------------------------------------------------------------------

    def prepare(self) -> None:
        self._word_fields()
        questions = self._about_place() if "place" in FIELDS[self.kind] else {}
        order = ["remark", "opened"]
        for name in FIELDS[self.kind]:
            order += [name, *(questions if name == "place" else ())]
        order += [*REACH, "page" if self.kind == EnquiryKind.BARRIER else "stelle"]
        known = {**self.fields, **questions}
        self.fields = {name: known[name] for name in order}
        for name, field in self.fields.items():
            if name in FIELDS[self.kind] or name in REACH:
                field.required = name in NEEDED[self.kind]

    def _word_fields(self) -> None:
        """Labels, hints and choices of this kind, in the language of the page."""
        fields = self.fields
        for (kind, name), label in LABELS.items():
            if kind == self.kind:
                fields[name].label = label
        for (kind, name), hint in HINTS.items():
            if kind == self.kind:
                fields[name].help_text = hint
        allowed = ACTIVITIES.get(self.kind, ())
        fields["activities"].choices = [(each.value, each.label) for each in allowed]
        fields["languages"].choices = spoken.choices()
        fields["languages"].is_short = True
        if self.kind == EnquiryKind.INTERPRETER:
            names = [pair for pair in spoken.choices() if pair[0] != "de"]
            fields["wanted_language"].choices = [
                ("", _("Choose a language")),
                *names,
                (OTHER, _("Another language")),
            ]
            fields["more_languages"].help_text = _("If it is not in the list.")
            fields["talk_on"].widget.attrs["min"] = self.on.isoformat()
        else:
            fields["more_languages"].help_text = _("Several with a comma between them.")
        if self.kind == EnquiryKind.BARRIER:
            fields["email"].help_text = _(
                "Only if you would like an answer. A telephone number will do as well."
            )
        else:
            fields["email"].help_text = _(
                "An e-mail address or a telephone number: one of the two is enough."
            )

    def _about_place(self) -> dict[str, forms.Field]:
        """The questions that what was typed as a place has raised; before it was sent: none."""
        if not self.is_bound:
            return {}
        typed = str(self.data.get("place", ""))[:LONGEST_PLACE]
        self.where = read_place(
            typed, str(self.data.get("chosen", "")), on=self.on, snapshot=self.snapshot
        )
        found: dict[str, forms.Field] = {}
        choices = self.where.to_choose_from()
        if choices:
            said = dict.fromkeys(("required", "invalid_choice"), self.where.question)
            found["chosen"] = _one_of(_("Which place do you mean?"), choices, said)
        if self.where.goes_without and not self._office(self["stelle"].value()):
            found |= self._which_office()
        if self.where.is_outside:
            said = self.where.said_of_outside(self.offices, snapshot=self.snapshot)
            found["anyway"] = forms.BooleanField(
                label=_("Send it to this portal all the same"),
                error_messages={"required": said},
            )
        return found

    def _which_office(self) -> dict[str, forms.Field]:
        if len(self.offices) < 2:
            return {}
        choices = [
            (office.slug, ", ".join(filter(None, (str(office.name), str(office.area_label)))))
            for office in self.offices
        ]
        said = dict.fromkeys(
            ("required", "invalid_choice"), _("Choose the office that should answer you.")
        )
        return {"office": _one_of(_("Which office should get it?"), choices, said)}

    def _office(self, slug: str | None) -> AgencyView | None:
        return next((office for office in self.offices if office.slug == slug), None)

    # What was typed -------------------------------------------------------------------------------

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if self.fields["text"].required and not is_visible(text):
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text

    def clean_talk_on(self) -> dt.date | None:
        day = self.cleaned_data["talk_on"]
        if day is not None and day < self.on:
            raise forms.ValidationError(_("This day is over. Enter today or a later day."))
        return day

    def clean_phone(self) -> str:
        phone = "".join(
            str(int(c)) if c.isdecimal() else c for c in self.cleaned_data["phone"]
        ).strip()
        if phone and sum(c.isdecimal() for c in phone) < 5:
            raise forms.ValidationError(_("Enter the whole number, with the area code."))
        return phone

    def clean(self) -> dict:
        values = self.cleaned_data
        is_other = self.kind == EnquiryKind.INTERPRETER and values.get("wanted_language") == OTHER
        if is_other and not spoken.read(values.get("more_languages", "")):
            self.add_error("more_languages", _("Enter the name of the language."))
        says_how = values.get("email") or values.get("phone")
        is_wrong = "email" in self.errors or "phone" in self.errors
        if self.kind != EnquiryKind.BARRIER and not says_how and not is_wrong:
            self.add_error("email", _("Enter an e-mail address or a telephone number."))
        if not self.errors:
            self.check_moment()
        return values

    # What comes of it -----------------------------------------------------------------------------

    @property
    def agency(self) -> AgencyView | None:
        """The one that was chosen, or from whose page the form was opened."""
        typed = self.cleaned_data
        return self._office(typed.get("office")) or self._office(typed.get("stelle"))

    def values(self) -> dict[str, Any]:
        """Fields of `Enquiry`, of a valid form."""
        typed = self.cleaned_data
        columns = {field.name for field in Enquiry._meta.concrete_fields}
        found = {name: typed[name] for name in typed if name in columns}
        languages = [*typed.get("languages", ()), *spoken.read(typed.get("more_languages", ""))]
        if typed.get("wanted_language", OTHER) != OTHER:
            languages.insert(0, typed["wanted_language"])
        return {
            **found,
            "activities": list(dict.fromkeys(typed.get("activities", ()))),
            "kind": self.kind,
            "languages": list(dict.fromkeys(languages)),
            "typed_place": typed.get("place", ""),
        }


def _one_of(label, choices: list[tuple[str, str]], said: dict) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=said
    )


class StatusForm(PortalForm):
    """The number of an enquiry and the address that was given with it."""

    number = forms.CharField(
        label=_("Number of your enquiry"),
        help_text=_("It begins with AN and stands in our mail, such as AN-7K3F-9XQ4."),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
        error_messages={"required": _("Enter the number of your enquiry.")},
    )
    email = AddressField(label=_("The e-mail address that you gave"))

    def clean_number(self) -> str:
        number = references.read(self.cleaned_data["number"], PREFIX)
        if number is None:
            raise forms.ValidationError(
                _(
                    "This is no number of an enquiry. It has AN and eight letters or digits, such "
                    "as AN-7K3F-9XQ4: please compare each of them."
                )
            )
        return number


class WriteForm(PortalForm):
    """One more message of the sender."""

    text = forms.CharField(
        label=_("Write to the office"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write at least one sentence.")},
    )

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not is_visible(text):
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text
