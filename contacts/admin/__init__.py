"""The administration of the contacts, split by subject."""

from contacts.admin import feedback, organisation, places, rules, staff

__all__ = ["feedback", "organisation", "places", "rules", "staff"]
