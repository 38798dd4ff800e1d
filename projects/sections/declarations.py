"""What applicants declare: one box each, with the text of the rule set."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.sections.base import Section, SectionForm
from projects.terms import (
    LEGAL_PERSONS,
    OPTIONAL_DECLARATIONS,
    ApplicantType,
    CostKind,
    DeclarationKey,
)


class DeclarationsForm(SectionForm):
    """A box for each declaration for which the rules have a text."""

    other_names = tuple(DeclarationKey.values)

    def prepare(self) -> None:
        texts = self.basis.rules.declarations if self.basis.rules else {}
        for key, text in texts.items():
            if not self._concerns(key):
                continue
            self.fields[key.value] = forms.BooleanField(
                label=str(text),
                required=key not in OPTIONAL_DECLARATIONS,
                error_messages={
                    "required": _("Please tick: %(what)s.") % {"what": key.label},
                },
            )

    def _concerns(self, key: DeclarationKey) -> bool:
        """Some are for those only who act for somebody else."""
        if key == DeclarationKey.AUTHORISED:
            return self.basis.is_from(ApplicantType.INITIATIVE, *LEGAL_PERSONS)
        if key == DeclarationKey.PAY:
            return self.basis.rules is None or CostKind.STAFF in self.basis.rules.cost_ceilings
        return True


DECLARATIONS = Section(
    slug="erklaerungen",
    title=_("What you declare"),
    lead=_("Please read these sentences; they become part of the application."),
    form_class=DeclarationsForm,
)
