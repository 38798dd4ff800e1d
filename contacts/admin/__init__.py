"""The administration of the contacts, split by subject."""

from contacts.admin import (
    colleagues,
    content,
    corrections,
    enquiries,
    feedback,
    gaps,
    imports,
    organisation,
    people,
    places,
    posts,
    publications,
    rules,
    staff,
)

__all__ = [
    "colleagues",
    "content",
    "corrections",
    "enquiries",
    "feedback",
    "gaps",
    "imports",
    "organisation",
    "people",
    "places",
    "posts",
    "publications",
    "rules",
    "staff",
]
