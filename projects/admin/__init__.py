"""The administration of programmes, calls and applications; importing it registers the pages."""

from projects.admin import applications, calls, programmes, rules  # noqa: F401  (they register)
