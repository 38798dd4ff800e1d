"""The administration of the contacts, split by subject."""

from contacts.admin import feedback, gaps, organisation, places, publications, rules, staff

__all__ = ["feedback", "gaps", "organisation", "places", "publications", "rules", "staff"]
