"""The administration of programmes, calls and applications; importing it registers the pages."""

from projects.admin import (  # noqa: F401  (they register)
    applications,
    budgets,
    calls,
    offers,
    payouts,
    programmes,
    rules,
    text_blocks,
    undertakings,
)
