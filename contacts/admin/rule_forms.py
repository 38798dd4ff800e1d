"""The forms behind `contacts.admin.rules`: what was typed becomes a `Change`, never a row.

What stands against a change is shown beside the field that it is about; the input is never lost.
"""

import copy
from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import responsibilities
from contacts.admin.scoped import Native, PostChoiceField
from contacts.models import Agency, Post
from contacts.rule_checks import FIELDS, Change, Row
from portal import clock
from portal.seen import SeenModelForm


class PlainText(forms.Widget):
    """Shows the chosen row as text: for a field that cannot be changed here."""

    template_name = "admin/widgets/plain_text.html"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def get_context(self, name, value, attrs):
        return {**super().get_context(name, value, attrs), "text": self.text}


class RuleForm(SeenModelForm):
    """A rule as a form. `change` is what it asks for, once it is valid.

    The place of a rule that exists stays: another place is another rule.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.change: Change | None = None
        # As it is stored: the form writes what was typed into `instance`.
        self.rule = copy.copy(self.instance) if self.instance.pk else None
        if self.instance.pk and "area" in self.fields:
            self.fields["area"].disabled = True
            self.fields["area"].widget = PlainText(str(self.instance.area))

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            row = Row(**{name: self.cleaned_data.get(name) for name in FIELDS})
            self.change = Change(self.rule, row)
        return cleaned

    def validate_constraints(self) -> None:
        """`contacts.rule_checks` does this for all rules together, and says it in sentences."""

    validate_unique = validate_constraints


class SingleRuleForm(RuleForm):
    """The page of one rule: checked by itself."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Kept in the list of publications, for your colleagues."),
    )

    def clean(self):
        cleaned = super().clean()
        if self.change and not self.change.is_empty:
            agency = (self.change.before or self.change.row).post.agency
            show_problems(agency, [self])
        return cleaned


class DroppingFormSet(forms.BaseInlineFormSet):
    """Rows that somebody else has deleted since the page was opened are left out, not refused."""

    def vanished(self) -> list[forms.ModelForm]:
        return [form for form in self.initial_forms if self.is_bound and form.instance.pk is None]

    def _should_delete_form(self, form) -> bool:
        is_extra = form.empty_permitted
        vanished = self.is_bound and not is_extra and form.instance.pk is None
        return vanished or super()._should_delete_form(form)


class RuleFormSet(DroppingFormSet):
    """The rules of a post, checked together: two rows may only be right as a pair."""

    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and self.instance.agency_id:
            left = show_problems(self.instance.agency, self.kept(), self.gone())
            if left:
                raise ValidationError(left)

    def kept(self) -> list[RuleForm]:
        return [
            form
            for form in self.forms
            if form.has_changed() and not self._should_delete_form(form) and form.change
        ]

    def gone(self) -> list[Change]:
        return [
            responsibilities.delete(form.rule)
            for form in self.initial_forms
            if form.rule and self._should_delete_form(form)
        ]

    def changes(self) -> list[Change]:
        return [*self.gone(), *(form.change for form in self.kept())]


def show_problems(
    agency: Agency, kept: Sequence[RuleForm], gone: Sequence[Change] = ()
) -> list[str]:
    """Put what `check` says beside the fields; return what is about no form that is kept.

    The lock holds until the page has been saved.
    """
    changes = [*gone, *(form.change for form in kept)]
    if not changes:
        return []
    form_of = {form.change: form for form in kept}
    with transaction.atomic():
        problems = responsibilities.lock_and_check(agency, changes, on=clock.today())
    left = []
    for problem in problems:
        form = form_of.get(problem.change)
        if form is None:
            left.append(problem.message)
        else:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
    return left


class MoveForm(forms.Form):
    """To whom, and from which day."""

    post = PostChoiceField(label=gettext_lazy("new post"), queryset=Post.objects.none())
    first_day = forms.DateField(
        label=gettext_lazy("from"),
        widget=Native,
        help_text=gettext_lazy("Until the day before, the present posts answer."),
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200, required=False)

    def __init__(self, *args, posts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts

    def clean_first_day(self):
        first_day = self.cleaned_data["first_day"]
        if first_day < clock.today():
            raise ValidationError(_("Choose today or a later day: what has been is not changed."))
        return first_day
