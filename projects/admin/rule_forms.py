"""The form of a rule set: all of it on one page, whatever number of kinds and texts there are.

Amounts are typed in euros. A kind without an amount is not funded; a declaration without a text is
not asked for. What is typed becomes a `RuleContent`, which `projects.rule_versions` writes.
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.seen import SeenModelForm
from projects.fields import EuroField
from projects.models import RuleSet
from projects.rule_versions import FIELDS, RuleContent, content_of
from projects.terms import ApplicantType, CostKind, DeclarationKey, MeasureKind

LANGUAGES = dict(settings.LANGUAGES)
ONE_EURO = 100


def ceiling_name(kind: str) -> str:
    return f"ceiling_{kind}"


def cost_name(kind: str) -> str:
    return f"cost_{kind}"


def cost_ceiling_name(kind: str) -> str:
    return f"cost_ceiling_{kind}"


def text_name(key: str, language: str) -> str:
    return f"text_{key}_{language}"


class ApplicantTypesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs) -> None:
        widget = forms.CheckboxSelectMultiple
        super().__init__(choices=ApplicantType.choices, widget=widget, **kwargs)


class RuleSetFormBase(SeenModelForm):
    """The fields that every rule set has; `RuleSetForm` adds one for each kind and text."""

    applicant_types = ApplicantTypesField(
        label=gettext_lazy("Who may apply"),
        initial=ApplicantType.values,
        error_messages={"required": gettext_lazy("Tick who may apply.")},
    )
    partner_types = ApplicantTypesField(
        label=gettext_lazy("Who needs a volunteer initiative as partner"), required=False
    )
    minimum_cents = EuroField(
        label=gettext_lazy("Smallest grant"),
        required=False,
        help_text=gettext_lazy("In euros. Empty: no limit."),
    )
    trifle_cents = EuroField(
        label=gettext_lazy("Trifle"),
        required=False,
        initial=1000,
        help_text=gettext_lazy("In euros. Up to this amount nothing is demanded back."),
    )

    class Meta:
        model = RuleSet
        fields = ("programme", "note", *FIELDS)

    def __init__(self, *args, **kwargs) -> None:
        instance = kwargs.get("instance")
        if instance is not None and instance.pk:
            kwargs["initial"] = _initial(content_of(instance)) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_minimum_cents(self) -> int:
        return self.cleaned_data["minimum_cents"] or 0

    def clean_trifle_cents(self) -> int:
        return self.cleaned_data["trifle_cents"] or 0

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        content = self.content
        if not content.ceilings:
            raise ValidationError(_("Give at least one kind of project a highest grant."))
        if not content.cost_ceilings:
            raise ValidationError(_("Tick at least one kind of costs."))
        if cleaned["minimum_cents"] > max(content.ceilings.values()):
            self.add_error("minimum_cents", _("This is more than the highest grant of all."))
        if not set(cleaned["partner_types"]) <= set(cleaned["applicant_types"]):
            self.add_error("partner_types", _("Tick only who may apply."))
        self._ask_for_german()
        return cleaned

    def _ask_for_german(self) -> None:
        german = settings.LANGUAGE_CODE
        for key in DeclarationKey:
            texts = {code: self.cleaned_data.get(text_name(key, code), "") for code in LANGUAGES}
            if any(texts.values()) and not texts[german]:
                self.add_error(text_name(key, german), _("Write the German text, too: it counts."))

    @property
    def content(self) -> RuleContent:
        """What is typed, of a form without errors in its fields."""
        values = self.cleaned_data
        return RuleContent(
            fields={name: values[name] for name in FIELDS},
            ceilings={
                kind.value: values[ceiling_name(kind)]
                for kind in MeasureKind
                if values[ceiling_name(kind)]
            },
            cost_ceilings={
                kind.value: values[cost_ceiling_name(kind)]
                for kind in CostKind
                if values[cost_name(kind)]
            },
            declarations={
                (key.value, code): "\n".join(values[text_name(key, code)].splitlines())
                for key in DeclarationKey
                for code in LANGUAGES
                if values[text_name(key, code)]
            },
        )


def _initial(content: RuleContent) -> dict:
    """A value for every field, also for what is not there: somebody else may add it meanwhile."""
    initial = {ceiling_name(kind): content.ceilings.get(kind) for kind in MeasureKind}
    for kind in CostKind:
        initial[cost_name(kind)] = kind in content.cost_ceilings
        initial[cost_ceiling_name(kind)] = content.cost_ceilings.get(kind)
    for key in DeclarationKey:
        for code in LANGUAGES:
            initial[text_name(key, code)] = content.declarations.get((key, code), "")
    return initial


def _more_fields() -> dict[str, forms.Field]:
    """A field for each kind of project, of costs, and for each declaration in each language."""
    fields: dict[str, forms.Field] = {}
    for kind in MeasureKind:
        fields[ceiling_name(kind)] = EuroField(label=kind.label, required=False, least=ONE_EURO)
    for kind in CostKind:
        fields[cost_name(kind)] = forms.BooleanField(label=kind.label, required=False)
        fields[cost_ceiling_name(kind)] = EuroField(
            label=gettext_lazy("At most"), required=False, least=ONE_EURO
        )
    for key in DeclarationKey:
        for code, name in LANGUAGES.items():
            fields[text_name(key, code)] = forms.CharField(
                label=name,
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            )
    return fields


RuleSetForm = type(RuleSetFormBase)(
    "RuleSetForm", (RuleSetFormBase,), {"__module__": __name__, **_more_fields()}
)
