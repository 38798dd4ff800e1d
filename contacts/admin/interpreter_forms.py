"""The forms of pools and interpreters: languages are chosen by their names."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import spoken
from contacts.admin.people import language_choices
from portal.seen import SeenModelForm, SeenTranslatableForm


class LanguagesForm(forms.BaseForm):
    """For a form with `languages`: the common ones as boxes to tick, with those that are stored,
    and one more from the list of all."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:
            codes = dict.fromkeys((*spoken.COMMON, *(self.instance.languages or ())))
            self.fields["languages"].choices = spoken.choices(codes)
        if "one_more" in self.fields:
            self.fields["one_more"].choices = [("", "–"), *language_choices()]

    def clean(self):
        cleaned = super().clean()
        more = cleaned.get("one_more")
        if more and more not in cleaned.get("languages", ()):
            cleaned["languages"] = [*cleaned.get("languages", ()), more]
        return cleaned


def _ticks(**options) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        **options,
    )


def _one_more() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("One more language"),
        required=False,
        help_text=gettext_lazy("Choose and save; then the next one can be chosen."),
    )


class PoolForm(LanguagesForm, SeenTranslatableForm):
    languages = _ticks(help_text=gettext_lazy("They stand on the public page."))
    one_more = _one_more()


class InterpreterForm(LanguagesForm, SeenModelForm):
    languages = _ticks()
    one_more = _one_more()

    def clean(self):
        cleaned = super().clean()
        if "languages" in self.fields and not cleaned.get("languages"):
            self.add_error("languages", _("Choose at least one language."))
        return cleaned
