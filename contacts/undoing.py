"""What takes back what has been published: one publication, or all since an earlier one.

Only what a publication has changed is put back. A telephone number that somebody has corrected
since stays corrected when the towns go back to the former colleague; but where somebody has changed
the very thing that is to be put back, nothing is written and the editor is told.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from contacts.models import Publication, Responsibility
from contacts.publishing import RefusedError
from contacts.records import MODELS, Edit, as_record, columns, from_record, read_with_relations
from contacts.rule_checks import Change, Problem, Row

Key = tuple[str, int]


def since(publication: Publication):
    """The publications of the same agency after this one, the oldest first."""
    return Publication.objects.filter(agency=publication.agency_id, pk__gt=publication.pk).order_by(
        "pk"
    )


def inverse(publications: Iterable[Publication]) -> tuple[list[Change], list[Edit]]:
    """What takes `publications` (the oldest first) back.

    Raises `RefusedError` when somebody has changed since what is to be put back.
    """
    wanted, expected = _ends_of(publications)
    present = _present(expected)
    pairs = []
    for key, left in expected.items():
        former, row = wanted[key], present.get(key)
        if former is None and left is None:
            continue
        if _has_changed_since(row, left=left, former=former):
            raise RefusedError([Problem(row, _changed_since(row, former or left))])
        pairs.append((row, _target(row, former=former, left=left)))
    read_with_relations(row for pair in pairs for row in pair if row is not None)
    for _row, target in pairs:
        if target is not None and _points_nowhere(target):
            raise RefusedError([Problem(target, _("What this was about has been deleted since."))])
    changes = [_as_change(*pair) for pair in pairs if _is_rule(*pair)]
    edits = [Edit(*pair) for pair in pairs if not _is_rule(*pair)]
    return changes, edits


def _ends_of(publications: Iterable[Publication]) -> tuple[dict, dict]:
    """For each row: its record before the first of `publications`, and after the last."""
    first: dict[Key, dict | None] = {}
    last: dict[Key, dict | None] = {}
    for publication in publications:
        before = {(record["model"], record["id"]): record for record in publication.before}
        after = {(record["model"], record["id"]): record for record in publication.after}
        for key in (*before, *after):
            first.setdefault(key, before.get(key))
            last[key] = after.get(key)
    return first, last


def _present(keys: Iterable[Key]) -> dict[Key, object]:
    """The rows of today, as far as they exist. One query a model."""
    ids: dict[str, list[int]] = {}
    for name, pk in keys:
        ids.setdefault(name, []).append(pk)
    found = {}
    for name, pks in ids.items():
        found |= {(name, pk): row for pk, row in MODELS[name]._base_manager.in_bulk(pks).items()}
    return found


def _has_changed_since(row, *, left: dict | None, former: dict | None) -> bool:
    """Whether what is to be put back is no longer as the publications left it."""
    if row is None or left is None:
        return (row is None) != (left is None)
    now = as_record(row)
    touched = [name for name in left if former is None or former.get(name) != left[name]]
    return any(now.get(name) != left[name] for name in touched)


def _changed_since(row, record: dict) -> str:
    about = row if row is not None else from_record(record)
    return _(
        "%(row)s has been changed since. Take back the later change first, or change it by hand."
    ) % {"row": about}


def _target(row, *, former: dict | None, left: dict | None):
    """The row as it shall be: what the publications changed as before, the rest as it is now."""
    if former is None:
        return None
    if row is None:
        return from_record(former)
    undone = {name: value for name, value in former.items() if left[name] != value}
    return from_record({**as_record(row), **undone})


def _points_nowhere(row) -> bool:
    """Whether something that `row` names, such as a person or a place, is no longer there."""
    return any(
        field.is_relation
        and getattr(row, field.attname) is not None
        and field.get_cached_value(row, default=row) is None  # `row`: it has not been read
        for field in columns(type(row))
    )


def _is_rule(row, target) -> bool:
    return isinstance(row or target, Responsibility)


def _as_change(row: Responsibility | None, target: Responsibility | None) -> Change:
    if target is None:
        return Change(row, None)
    return Change(row, Row.of(target), former_id=target.pk if row is None else None)
