"""What a pool of interpreters stores about them: in the copy of their data, and when erased.

It belongs to whoever has shown, by a code, that the address kept with it is theirs.
"""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.interpreting import members
from contacts.models import Interpreter
from contacts.spoken import language_name
from portal import privacy
from portal.models import User
from portal.privacy import Export

LABELS = {
    "pool": _("Pool"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "phone": _("Telephone number"),
    "languages": _("Languages"),
    "notes": _("When, where, for what"),
    "talks": _("Talks"),
    "day": _("Day of the talk"),
    "language": _("Language"),
    "state": _("State"),
}


def _own(user: User) -> QuerySet:
    rows = Interpreter.objects.filter(email__lower=user.email.lower()) if user.email else None
    return Interpreter.objects.none() if rows is None else rows.order_by("pk")


def export(user: User) -> Export:
    return Export([_exported(row) for row in _own(user).select_related("pool")], LABELS)


def _exported(row: Interpreter) -> dict:
    return {
        "pool": str(row.pool),
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "languages": ", ".join(language_name(code) for code in row.languages),
        "notes": row.notes,
        "talks": [
            {
                "day": each.day,
                "language": language_name(each.language),
                "state": each.get_state_display(),
            }
            for each in row.assignments.order_by("day", "pk")
        ],
    }


def erase(user: User, now: dt.datetime) -> bool:
    """Erase all of it; their talks stay in the numbers, without a name."""
    for row in _own(user):
        members.leave(row, now=now)
    return False


def take_along(user: User, former: str) -> None:
    """Whoever interprets under the address `former` is written to at the new one."""
    Interpreter.objects.filter(email__lower=former.lower()).update(email=user.email)


def register() -> None:
    """Called once, when the apps are ready."""
    privacy.register(
        privacy.PersonalData(
            name="interpreting",
            label=_("You as an interpreter"),
            export=export,
            erase=erase,
            is_used=lambda user: _own(user).exists(),
            moved=take_along,
            models=("contacts.interpreter", "contacts.assignment"),
        )
    )
