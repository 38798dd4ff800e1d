"""What is to happen, for whom, and how one will see that it worked; more about a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.fields import WholeField
from projects.sections.base import Basis, Section, SectionForm
from projects.terms import LEGAL_PERSONS, ApplicantType


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-count": True})


class ContentForm(SectionForm):
    content = forms.CharField(
        label=_("What do you plan?"),
        help_text=_("What happens, for whom, and how you go about it. The heart of it all."),
        max_length=4000,
        widget=_long(8),
        error_messages={"required": _("Describe what you plan.")},
    )
    target_group = forms.CharField(
        label=_("Whom is it for?"),
        help_text=_("And how do these people hear of it?"),
        max_length=1000,
        widget=_long(3),
        error_messages={"required": _("Say whom it is for.")},
    )
    goal = forms.CharField(
        label=_("What will be different afterwards?"),
        help_text=_("The goal, in one or two sentences."),
        max_length=1000,
        widget=_long(3),
        error_messages={"required": _("Say what will be different afterwards.")},
    )
    frequency = forms.CharField(
        label=_("How often, and how long each time?"),
        help_text=_("For example: ten Saturdays, two hours each."),
        max_length=500,
        widget=_long(2),
        error_messages={"required": _("Say how often it takes place.")},
    )
    success = forms.CharField(
        label=_("How will you see that it worked?"),
        help_text=_("You will be asked about it in the report at the end."),
        max_length=1000,
        widget=_long(3),
        error_messages={"required": _("Say how you will see that it worked.")},
    )
    participants = WholeField(
        label=_("How many people will take part?"),
        help_text=_("An estimate is enough. It shows what the money does."),
        min_value=1,
        error_messages={"required": _("Estimate how many people will take part.")},
    )
    with_migration = WholeField(
        label=_("How many of them have come from abroad, or their parents have?"),
        help_text=_("A number only. We never ask for names."),
        error_messages={"required": _("Estimate how many of them; 0 is fine.")},
    )
    volunteers = WholeField(
        label=_("How many volunteers work on it?"),
        help_text=_("Their work counts, although it stands in no cost plan."),
        required=False,
    )
    volunteer_hours = WholeField(
        label=_("How many hours will they work in all?"), help_text=_("Roughly."), required=False
    )

    def prepare(self) -> None:
        is_from = self.basis.is_from
        if not is_from(ApplicantType.INITIATIVE, *LEGAL_PERSONS):
            self.drop("target_group", "goal", "success", "volunteers", "volunteer_hours")
        if self.basis.lasts_one_day:
            self.drop("frequency")

    def clean(self) -> dict:
        values = self.cleaned_data
        part, whole = values.get("with_migration"), values.get("participants")
        if part is not None and whole is not None and part > whole:
            self.add_error("with_migration", _("These are more people than take part."))
        return values


CONTENT = Section(
    slug="inhalt",
    title=_("What you plan"),
    lead=_("Write as you would tell it. Nobody marks your German."),
    form_class=ContentForm,
)


class CourseForm(SectionForm):
    units_a_week = WholeField(
        label=_("Lessons a week"),
        help_text=_("Of 45 minutes each."),
        most=60,
        error_messages={"required": _("Enter the lessons a week.")},
    )
    units_in_all = WholeField(
        label=_("Lessons in all"),
        most=5000,
        error_messages={"required": _("Enter the lessons in all.")},
    )
    weeks = WholeField(
        label=_("Weeks"),
        help_text=_("For how many weeks the course runs."),
        most=104,
        error_messages={"required": _("Enter the number of weeks.")},
    )
    learners = WholeField(
        label=_("Learners in each lesson"),
        help_text=_("Five and more, as a rule."),
        most=1000,
        error_messages={"required": _("Enter the number of learners.")},
    )
    level = forms.CharField(
        label=_("Level"),
        help_text=_("For example: learning to read and write, A1, conversation."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the level.")},
    )
    teacher = forms.CharField(
        label=_("Who teaches?"),
        help_text=_("Training or experience, no name needed."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say who teaches.")},
    )


def _is_course(basis: Basis) -> bool:
    return basis.is_course


COURSE = Section(
    slug="sprachkurs",
    title=_("Your course"),
    lead=_("Only for language and conversation courses."),
    form_class=CourseForm,
    asked=_is_course,
)

# Usual conditions of counties for a course; short of them the office asks, it does not refuse.
LEAST_LEARNERS, LEAST_UNITS_A_WEEK, LEAST_UNITS, LEAST_WEEKS = 5, 2, 50, 12
