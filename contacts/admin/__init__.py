"""The administration of the contacts, split by subject."""

from contacts.admin import feedback, organisation, places, publications, rules, staff

__all__ = ["feedback", "organisation", "places", "publications", "rules", "staff"]
