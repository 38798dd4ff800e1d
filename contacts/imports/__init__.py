"""Safe import: a file becomes a draft, a draft a plan that people read, a plan a publication.

Nothing is written before somebody has seen what would be written; what is then published goes
through `contacts.consequences` like any other change, in one transaction, and can be taken back.
"""

from contacts.imports.drafts import (
    OutdatedError,
    Outlook,
    choose,
    day_of,
    delete_old,
    look_ahead,
    plan,
    publish,
    register_jobs,
    upload,
)

__all__ = [
    "OutdatedError",
    "Outlook",
    "choose",
    "day_of",
    "delete_old",
    "look_ahead",
    "plan",
    "publish",
    "register_jobs",
    "upload",
]
