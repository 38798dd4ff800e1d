"""The administration of the contacts, split by subject."""

from contacts.admin import (
    colleagues,
    feedback,
    gaps,
    organisation,
    places,
    publications,
    rules,
    staff,
)

__all__ = [
    "colleagues",
    "feedback",
    "gaps",
    "organisation",
    "places",
    "publications",
    "rules",
    "staff",
]
