"""How forms look and speak: Django's own field template in a frame, errors in a summary on top."""

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Kinds of fields on which `aria-required` says nothing: they have no role that knows it.
UNSAID = frozenset({"radio", "date", "time", "file"})


class PortalFormRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class TrapField(forms.CharField):
    """A field that people do not see: whatever stands in it was put there by a program."""

    is_trap = True

    def __init__(self, **kwargs) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
        kwargs = {"label": gettext_lazy("Leave this field empty"), "widget": widget} | kwargs
        super().__init__(required=False, max_length=200, **kwargs)


class DayField(forms.DateField):
    """A local date: from the browser's calendar, or typed as 31.10.2026."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"])
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs["error_messages"] = {
            "invalid": gettext_lazy("Enter a day, such as 31.10.2026."),
            **kwargs.get("error_messages", {}),
        }
        super().__init__(**kwargs)


class PortalForm(forms.Form):
    """A form of the public pages.

    What may stay empty is marked, not what is needed. The browser's own bubbles are off
    (`novalidate` in the template): they are in the browser's language and vanish. A field with
    `is_trap` is out of sight and only filled in by programs.
    """

    use_required_attribute = False

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.prepare()
        for field in self.fields.values():
            field.plain_label = field.label
            if field.widget.is_hidden or getattr(field, "is_trap", False):
                continue
            if field.required:
                if getattr(field.widget, "input_type", "") not in UNSAID:
                    field.widget.attrs.setdefault("aria-required", "true")
            elif field.label:
                field.label = format_html(
                    '{} <span class="optional">{}</span>', field.label, _("(optional)")
                )

    def prepare(self) -> None:
        """For a form whose fields depend on what it is about: add, drop or relax them here."""

    @cached_property
    def summary(self) -> list[tuple[str, str]]:
        """Each error as (id of the field to go to, the same words as beside the field)."""
        entries = [("", message) for message in self.non_field_errors()]
        for name in self.fields:
            bound = self[name]
            target = bound.id_for_label or bound.auto_id
            entries += [(target, message) for message in bound.errors]
        return entries
