"""The application form: which sections there are, in which order, and what each of them asks.

The same definition makes the pages, the document that shows what was sent, the difference of two
versions, and the blank form on paper.
"""

from projects.sections.about import ABOUT
from projects.sections.applicant import APPLICANT
from projects.sections.base import Basis, BoundSection, Section, SectionForm
from projects.sections.content import CONTENT, COURSE
from projects.sections.declarations import DECLARATIONS
from projects.sections.plan import COSTS, FINANCING
from projects.sections.schedule import PARTNERS, SCHEDULE

# Attachments are no form: they have a page of their own, and stand before the declarations.
ATTACHMENTS = "anlagen"
SECTIONS: tuple[Section, ...] = (
    ABOUT,
    APPLICANT,
    SCHEDULE,
    CONTENT,
    COURSE,
    PARTNERS,
    COSTS,
    FINANCING,
    DECLARATIONS,
)
BY_SLUG = {section.slug: section for section in SECTIONS}

__all__ = [
    "ABOUT",
    "APPLICANT",
    "ATTACHMENTS",
    "BY_SLUG",
    "CONTENT",
    "COSTS",
    "COURSE",
    "DECLARATIONS",
    "FINANCING",
    "PARTNERS",
    "SCHEDULE",
    "SECTIONS",
    "Basis",
    "BoundSection",
    "Section",
    "SectionForm",
]
