"""The form of a proposal, and those of the steps that need a word."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.admin.cases.forms import StaffTextForm
from projects.fields import EuroField
from projects.models import Application, Proposal, TextBlock
from projects.terms import CheckKey, CostKind
from projects.workflow import Wanted
from projects.workflow.proposing import NOTE_LENGTH

Use = TextBlock.Use
# The texts of a proposal: which blocks can be put into each.
BLOCKS = {"reason": (Use.GRANT, Use.REFUSAL), "conditions": (Use.CONDITIONS,)}

SEVERAL = ("checklist", "sections")  # fields of many ticks


class ProposalForm(forms.Form):
    """A grant with what is recognised of each line of the plan, or a refusal.

    `lines` is what `projects.plan.cost_lines` reads of the version that is decided on.
    """

    kind = forms.ChoiceField(
        label=_("Proposal"),
        choices=Proposal.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose grant or refusal.")},
    )
    checklist = forms.MultipleChoiceField(
        label=_("Checked"),
        choices=CheckKey.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("For a grant, every point has to be fulfilled."),
    )
    amount = EuroField(label=_("Grant in euros"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It stands in the letter."),
        error_messages={"required": _("Give the reason.")},
    )
    conditions = forms.CharField(
        label=_("Special conditions"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only what holds for this grant beside the general conditions."),
    )

    def __init__(self, *args, case: Application, lines: list[dict], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.line_count = len(lines)
        for number, line in enumerate(lines):
            self.fields[f"approved_{number}"] = EuroField(
                label=_("Recognised in euros"), required=False, initial=line["applied_cents"]
            )
            self.fields[f"note_{number}"] = forms.CharField(
                label=_("Note"), max_length=NOTE_LENGTH, required=False
            )
        self.plan = [self._row(number, line) for number, line in enumerate(lines)]
        self.blocks = {name: blocks_for(case, *uses) for name, uses in BLOCKS.items()}

    def _row(self, number: int, line: dict) -> dict:
        return {
            "what": line["description"] or str(CostKind(line["kind"]).label),
            "kind": str(CostKind(line["kind"]).label),
            "applied": money.shown(line["applied_cents"]),
            "approved": self[f"approved_{number}"],
            "note": self[f"note_{number}"],
        }

    def clean(self) -> dict:
        """Whoever grants says how much; a line that is left empty is recognised with nothing."""
        values = self.cleaned_data
        is_grant = values.get("kind") == Proposal.Kind.GRANT
        if is_grant and "amount" in values and values["amount"] is None:
            self.add_error("amount", _("Enter how much is to be granted."))
        return values

    def wanted(self) -> Wanted:
        values = self.cleaned_data
        return Wanted(
            kind=Proposal.Kind(values["kind"]),
            reason=values["reason"],
            amount_cents=values["amount"] or 0,
            lines=[
                {
                    "approved_cents": values[f"approved_{number}"] or 0,
                    "note": values[f"note_{number}"],
                }
                for number in range(self.line_count)
            ],
            checklist=values["checklist"],
            conditions=values["conditions"],
        )


def blocks_for(case: Application, *uses: TextBlock.Use) -> list[TextBlock]:
    """The agency's blocks of text for these uses, in their order."""
    return list(case.agency.text_blocks.filter(use__in=uses))


def with_block(data: Mapping, name: str, blocks: list[TextBlock]) -> dict:
    """What was typed into a form (`data`), with the chosen block at the end of the field `name`."""
    values = {key: data.getlist(key) if key in SEVERAL else data[key] for key in data}
    chosen = next((block for block in blocks if str(block.pk) == data.get(f"block_{name}")), None)
    if chosen is not None:
        typed = values.get(name, "").rstrip()
        values[name] = f"{typed}\n\n{chosen.text}" if typed else chosen.text
    return values


class WordForm(StaffTextForm):
    """A step that needs a word for colleagues."""

    def __init__(self, *args, label: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
