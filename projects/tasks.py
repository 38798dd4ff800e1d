"""The list of sections as an applicant sees it: what is done, begun, or needs attention."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.answers import Answers
from projects.drafts import open_sections
from projects.models import Application
from projects.sections import ATTACHMENTS, DECLARATIONS, Section


class TaskState(StrEnum):
    """`NEEDS_ATTENTION`: what was typed cannot stay as it is. `OPTIONAL`: it may stay empty."""

    NOT_BEGUN = "not-begun"
    BEGUN = "begun"
    NEEDS_ATTENTION = "needs-attention"
    DONE = "done"
    OPTIONAL = "optional"


LABELS = {
    TaskState.NOT_BEGUN: _("not begun"),
    TaskState.BEGUN: _("begun"),
    TaskState.NEEDS_ATTENTION: _("needs attention"),
    TaskState.DONE: _("done"),
    TaskState.OPTIONAL: _("if you like"),
}


@dataclass(frozen=True)
class Task:
    """A line of the list. `detail` is a number of files or the like."""

    slug: str
    title: str
    url: str
    state: TaskState
    is_open: bool
    detail: str = ""

    @property
    def label(self) -> str:
        return str(LABELS[self.state])


def following(section: Section, application: Application, answers: Answers) -> str:
    """The slug of the next open section after `section`, or of the attachments; "" at the end."""
    slugs = [each.slug for each in answers.sections]
    slugs.insert(slugs.index(DECLARATIONS.slug), ATTACHMENTS)
    opened = open_sections(application)
    return next((slug for slug in slugs[slugs.index(section.slug) + 1 :] if slug in opened), "")


def after(section: Section, application: Application, answers: Answers) -> str:
    """The address of the page after `section`: the next open one, else the list."""
    slug = following(section, application, answers)
    return _url(application, slug) if slug else application.get_absolute_url()


def _url(application: Application, slug: str) -> str:
    if slug == ATTACHMENTS:
        return reverse("projects:attachments", args=[application.uuid])
    return reverse("projects:section", args=[application.uuid, slug])


def tasks_of(application: Application, answers: Answers) -> list[Task]:
    """The sections that are asked of this applicant; attachments stand before the declarations."""
    opened = open_sections(application)
    found = []
    for section in answers.sections:
        if section is DECLARATIONS:
            found.append(_attachments(application, is_open=ATTACHMENTS in opened))
        found.append(
            Task(
                section.slug,
                str(section.title),
                _url(application, section.slug),
                _state(section, answers),
                section.slug in opened,
            )
        )
    return found


def _state(section: Section, answers: Answers) -> TaskState:
    if not answers.is_begun(section):
        return TaskState.NOT_BEGUN
    if not answers.problems_of(section):
        return TaskState.DONE
    if not answers.bound(section).is_valid():
        return TaskState.NEEDS_ATTENTION
    return TaskState.BEGUN


def _attachments(application: Application, *, is_open: bool) -> Task:
    count = application.attachments.filter(removed_at=None).count()
    return Task(
        ATTACHMENTS,
        str(_("Attachments")),
        _url(application, ATTACHMENTS),
        TaskState.DONE if count else TaskState.OPTIONAL,
        is_open,
        detail=str(count) if count else "",
    )
