"""Pools of interpreters: their public pages, finding somebody for an enquiry, the numbers."""
