"""The administration of programmes, calls and applications; importing it registers the pages."""

from projects.admin import applications  # noqa: F401  (registers itself)
