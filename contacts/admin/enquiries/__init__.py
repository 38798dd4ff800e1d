"""Enquiries in the administration: the inbox of a desk, the page of an enquiry, and its steps."""

from contacts.admin.enquiries import inbox, notices

__all__ = ["inbox", "notices"]
