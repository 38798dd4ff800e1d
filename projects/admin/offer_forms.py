"""The forms of an offer: its lists as boxes to tick, its times, its texts in any language."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import spoken
from contacts.admin.scoped import ScopedInline
from portal.seen import SeenModelForm, SeenTranslatableForm
from projects import offers
from projects.models import Offer, OfferTime, OfferTranslation
from projects.models.guide import TEXT_LENGTH, TargetGroup

# The languages of the tabs.
SPOKEN = [code for code, _name in settings.LANGUAGES]


class OfferForm(SeenTranslatableForm):
    """Lists of keys as boxes to tick; texts run in the direction in which they are written."""

    target_groups = forms.MultipleChoiceField(
        label=gettext_lazy("For whom"),
        choices=TargetGroup.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:
            codes = dict.fromkeys((*spoken.COMMON, *self.instance.languages))
            self.fields["languages"].choices = spoken.choices(codes)
        for name in offers.TEXTS:
            if name in self.fields:
                self.fields[name].widget.attrs["dir"] = "auto"

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug in offers.RESERVED:
            raise ValidationError(_("Another page has this address. Choose another name."))
        return slug


class DeclineForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Why it is not taken over"),
        help_text=gettext_lazy("Whoever entered it reads this in a mail."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write at least one sentence.")},
    )


class TimeInline(ScopedInline):
    model = OfferTime
    verbose_name_plural = gettext_lazy("Times")
    fields = ["weekday", "opens", "closes", "rhythm"]


class TextForm(SeenModelForm):
    language_code = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        codes = dict.fromkeys((*spoken.COMMON, self.instance.language_code))
        written = [code for code in codes if code and code not in SPOKEN]
        self.fields["language_code"].choices = spoken.choices(written)
        for name in offers.TEXTS:
            self.fields[name].widget.attrs["dir"] = "auto"

    def _get_validation_exclusions(self) -> set[str]:
        """The model knows only the languages of the portal."""
        return super()._get_validation_exclusions() | {"language_code"}


class TextFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        codes = [
            form.cleaned_data.get("language_code")
            for form in self.forms
            if hasattr(form, "cleaned_data") and not self._should_delete_form(form)
        ]
        written = [code for code in codes if code]
        if len(set(written)) < len(written):
            raise ValidationError(_("Write the texts in one language once."))


class TextInline(ScopedInline):
    """Texts in languages that the portal does not speak: for booklets, and the offer's page."""

    model = OfferTranslation
    form = TextForm
    formset = TextFormSet
    fk_name = "master"
    verbose_name = gettext_lazy("text in another language")
    verbose_name_plural = gettext_lazy("texts in other languages")
    template = "admin/edit_inline/stacked.html"  # long texts need the whole line
    fields = ["language_code", *offers.TEXTS]

    def get_queryset(self, request):
        own = Offer.objects.visible_to(request.user)
        rows = OfferTranslation.objects.filter(master__in=own.values("pk"))
        return rows.exclude(language_code__in=SPOKEN).order_by("language_code")
