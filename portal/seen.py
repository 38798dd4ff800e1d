"""Two editors, one form: the second sees what the first has written, and nothing is lost.

A form carries, hidden, a short digest of each value as it was loaded. When it comes back, a field
that somebody else has changed since keeps their value if this editor has left it alone; if both
have written, the form says what theirs is and keeps this editor's text for a second decision.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django import forms
from django.db.models import Model
from django.utils.formats import localize
from django.utils.translation import gettext as _
from parler.forms import TranslatableModelForm


def digest(value) -> str:
    """A digest of a form value that is the same for its stored and its typed shape."""
    return hashlib.blake2b(json.dumps(_plain(value)).encode(), digest_size=6).hexdigest()


def _plain(value):
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if isinstance(value, Iterable):
        return sorted(_plain(entry) for entry in value)
    return str(value)


class SeenField(forms.CharField):
    widget = forms.HiddenInput

    def has_changed(self, initial, data) -> bool:
        return False


class SeenMixin(forms.BaseForm):
    """For a ModelForm that declares ``seen = SeenField(required=False)``."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self._now()

    def clean(self):
        cleaned = super().clean()
        self._meet_the_other_editor()
        return cleaned

    def _now(self) -> str:
        return json.dumps({name: digest(self._stored(name)) for name in self._guarded()})

    def _guarded(self) -> list[str]:
        return [
            name
            for name, field in self.fields.items()
            if not field.disabled and (name in self.initial) and name not in ("seen", "DELETE")
        ]

    def _stored(self, name: str):
        return self.get_initial_for_field(self.fields[name], name)

    def _meet_the_other_editor(self) -> None:
        try:
            seen = json.loads(self.cleaned_data.get("seen") or "{}")
        except (ValueError, RecursionError):
            return
        if not self.instance.pk or not isinstance(seen, dict):
            return
        clash = False
        for name in self._guarded():
            stored = self._stored(name)
            if name not in self.cleaned_data or seen.get(name, digest(stored)) == digest(stored):
                continue
            own = digest(self.cleaned_data[name])
            if own == seen[name]:
                field = self.fields[name]
                self.cleaned_data[name] = field.clean(field.prepare_value(stored))
            elif own != digest(stored):
                clash = True
                self.add_error(
                    name,
                    _(
                        "Meanwhile somebody else has changed this to “%(theirs)s”. Your own entry "
                        "still stands here: save again to keep it, or change it."
                    )
                    % {"theirs": self._shown(name, stored)},
                )
        if clash:  # the next attempt has seen their text
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self._now()

    def _shown(self, name: str, value) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelMultipleChoiceField):
            return ", ".join(str(entry) for entry in value) or "–"
        if isinstance(field, forms.ModelChoiceField):
            return str(field.queryset.filter(pk=value).first() or "–")
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(localize(value)) if value not in (None, "") else "–"


class SeenModelForm(SeenMixin, forms.ModelForm):
    seen = SeenField(required=False)


class SeenTranslatableForm(SeenMixin, TranslatableModelForm):
    seen = SeenField(required=False)
