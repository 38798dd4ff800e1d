"""The administration of programmes, calls and applications; importing it registers the pages."""

from projects.admin import applications, budgets, calls, payouts, programmes, rules, text_blocks  # noqa: F401  (they register)
