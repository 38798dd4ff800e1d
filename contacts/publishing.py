"""Publishing: the one way in which rules and what belongs to them are written together.

A `Publication` may change responsibilities (`Change`) and contacts (`Edit`): a hand-over moves
towns, a new holder ends one tenure and begins another, an import does all of it.
`contacts.consequences` publishes through here too, and tells which answers that takes away.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from contacts import records, responsibilities
from contacts.models import Agency, Person, Post, Publication
from contacts.records import Edit
from contacts.rule_checks import Change, Problem
from portal import clock


class RefusedError(Exception):
    """The changes cannot be published; `problems` says why, one by one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.messages))

    @property
    def messages(self) -> list[str]:
        return list(dict.fromkeys(problem.message for problem in self.problems))


def publish(
    agency: Agency,
    changes: Iterable[Change] = (),
    *,
    edits: Iterable[Edit] = (),
    by,
    kind: str = Publication.Kind.EDIT,
    reason: str = "",
    now: dt.datetime,
) -> Publication | None:
    """Write `changes` and `edits` in one transaction, and return the record of it.

    None when nothing changes. Raises `RefusedError` and writes nothing when a check objects, or
    when a row has been changed or deleted by somebody else since it was read. `by` is a user, or
    None for a file; `now` an aware instant. Order: lock, check, contacts and their history, rules,
    record.
    """
    changes = [change for change in changes if not change.is_empty]
    edits = [edit for edit in edits if not edit.is_empty]
    if not changes and not edits:
        return None
    try:
        with transaction.atomic():
            problems = responsibilities.lock_and_check(agency, changes, on=clock.today(now))
            problems += check_edits(agency, edits)
            if problems:
                raise RefusedError(problems)
            before, after = records.write(edits, by=by)
            rules_before, rules_after = responsibilities.write(changes)
            return Publication.objects.create(
                agency=agency,
                kind=kind,
                published_at=now,
                published_by=by,
                reason=reason[: Publication._meta.get_field("reason").max_length],
                before=before + rules_before,
                after=after + rules_after,
            )
    except (IntegrityError, ProtectedError) as error:
        first = (*edits, *changes)[0]
        raise RefusedError([Problem(first, _refusal(error))]) from error


def _refusal(error: Exception) -> str:
    if isinstance(error, ProtectedError):
        row = next(iter(error.protected_objects))
        return _("It is still needed by “%(row)s”, so it cannot go.") % {"row": row}
    return _("Somebody else has changed these rows. Please try again.")


def check_edits(agency: Agency, edits: Sequence[Edit]) -> list[Problem]:
    """What stands against `edits`: somebody else's change, another agency, a value of no kind.

    The number of queries does not depend on that of the edits.
    """
    message = _("%(row)s has been changed by somebody else. Please look at it again.")
    found = [Problem(edit, message % {"row": edit.before}) for edit in records.stale(edits)]
    if found:
        return found
    for edit in edits:
        for row in filter(None, (edit.before, edit.after)):
            if _agency_id(row) != agency.pk:
                values = {"row": row}
                found.append(Problem(edit, _("%(row)s belongs to another agency.") % values))
                break
        else:
            found += _value_problems(edit)
    return found


def _agency_id(row) -> int | None:
    if isinstance(row, Post | Person):
        return row.agency_id
    owner = next(
        getattr(row, name) for name in ("master", "post", "person") if hasattr(type(row), name)
    )
    return owner.agency_id


def _value_problems(edit: Edit) -> Iterable[Problem]:
    """What the fields themselves refuse; whether keys lead somewhere is the database's affair."""
    if edit.after is None:
        return
    keys = [field.name for field in records.columns(edit.model) if field.is_relation]
    try:
        edit.after.clean_fields(exclude=keys)
        edit.after.clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            for text in messages:
                yield Problem(edit, text, "" if field == "__all__" else field)
