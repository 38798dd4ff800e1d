"""From a file to a draft, from a draft to a publication."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import consequences, coverage, responsibilities, snapshot
from contacts.consequences import Consequences
from contacts.coverage import Gap
from contacts.imports import columns, people, rules
from contacts.imports.columns import Kind
from contacts.imports.plans import Plan
from contacts.models import Agency, ImportDraft, Publication
from contacts.publishing import RefusedError
from contacts.rehearsal import rehearsing
from contacts.rule_checks import Problem
from portal import clock, jobs, sheets
from portal.sheets import UnreadableError

KEPT = dt.timedelta(days=7)
NAME_LENGTH = 200


class OutdatedError(Exception):
    """What somebody has looked at is no longer what the draft comes to."""


@dataclass(frozen=True)
class Outlook:
    """What publishing would lead to: golden cases, lost answers, and gaps that the report would
    show and does not show yet. `problems` stand against it."""

    consequences: Consequences | None = None
    gaps: Sequence[Gap] = ()
    problems: Sequence[sheets.Problem] = ()


def upload(
    content: bytes,
    *,
    name: str,
    agency: Agency,
    effective_on: dt.date,
    is_complete: bool,
    by,
    now: dt.datetime,
) -> tuple[ImportDraft, list[str]]:
    """Read a file and keep it as a draft; nothing public knows of it. Returns notes besides.

    Raises `UnreadableError` with everything that is wrong with the file, and keeps nothing then.
    What it says may still be unknown or impossible: that is for `plan`.
    """
    sheet = sheets.read(content)
    table = columns.understood(sheet)
    problems = [*table.problems, *sheet.problems]
    if problems:
        problems += columns.check_cells(table) if not table.problems else []
        raise UnreadableError(*sorted(problems, key=lambda problem: problem.line or 0))
    draft = ImportDraft.objects.create(
        agency=agency,
        kind=table.kind,
        file_name=name[:NAME_LENGTH],
        rows=table.rows,
        is_complete=is_complete,
        effective_on=effective_on,
        uploaded_at=now,
        uploaded_by=by,
    )
    return draft, sheet.notes


def day_of(draft: ImportDraft, *, today: dt.date) -> dt.date:
    """The first day of what is new: what has been is not changed, however long a draft lies."""
    return max(draft.effective_on, today)


def plan(draft: ImportDraft, *, today: dt.date) -> Plan:
    """What publishing `draft` would do as things are now."""
    on = day_of(draft, today=today)
    if draft.kind == Kind.CONTACTS:
        return people.plan(draft, on=on, today=today)
    return rules.plan(draft, on=on, today=today, held=snapshot.latest())


def look_ahead(draft: ImportDraft, found: Plan, *, by, now: dt.datetime) -> Outlook:
    """What `found` would lead to, tried and rolled back. A refusal is among the `problems`."""
    if not found.is_sound or not found.size:
        return Outlook()
    today, agencies = clock.today(now), frozenset({draft.agency_id})
    known = coverage.reasons()
    try:
        with rehearsing():
            before = coverage.gaps(snapshot.latest(), on=today, known=known, agencies=agencies)
            led_to = _publish(draft, found, by=by, now=now)[1]
            after = coverage.gaps(snapshot.latest(), on=today, known=known, agencies=agencies)
    except RefusedError as refused:
        return Outlook(problems=list(dict.fromkeys(map(found.located, refused.problems))))
    present = {_key(gap) for gap in before}
    gaps = tuple(gap for gap in after if not gap.explained and _key(gap) not in present)
    return Outlook(led_to, gaps)


def _key(gap: Gap) -> tuple:
    places = tuple(area.id for area in gap.areas), tuple(part.id for part in gap.without)
    return (*places, gap.topic and gap.topic.id, gap.first, gap.last, gap.cause)


@transaction.atomic
def publish(
    draft: ImportDraft, *, looked: str, by, now: dt.datetime
) -> tuple[Publication | None, Consequences]:
    """Publish what the editor has looked at: `looked` is the digest of that plan.

    Raises `OutdatedError` when it is no longer what this draft comes to, or when somebody has
    published it already: then nothing is written, and the new plan has to be looked at; and
    `RefusedError` when a check objects.
    """
    responsibilities.lock(draft.agency, [])
    draft = ImportDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.publication_id is not None:
        raise OutdatedError
    found = plan(draft, today=clock.today(now))
    if found.digest != looked:
        raise OutdatedError
    if not found.is_sound:
        raise RefusedError([Problem(None, _("There are rows that are not clear yet."))])
    published, led_to = _publish(draft, found, by=by, now=now)
    draft.publication = published
    draft.save(update_fields=["publication"])
    return published, led_to


def _publish(draft: ImportDraft, found: Plan, *, by, now: dt.datetime):
    return consequences.publish(
        draft.agency,
        found.changes,
        edits=found.edits,
        by=by,
        kind=Publication.Kind.IMPORT,
        reason=draft.file_name,
        now=now,
    )


def choose(draft: ImportDraft, choices: Mapping[tuple[int, str], str]) -> None:
    """Keep what the editor says about unclear rows: (line, field) → the value of a choice.

    Nothing is checked here: a choice that names nothing leaves its row unclear.
    """
    with transaction.atomic():
        stored = ImportDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        for row in stored.rows:
            for (line, name), value in choices.items():
                if row["line"] == line and value:
                    row[f"{name}_chosen"] = value
        stored.save(update_fields=["rows"])
    draft.rows = stored.rows


def delete_old(now: dt.datetime) -> str:
    """Drafts that nobody has published within a week go: they may name people."""
    old = ImportDraft.objects.filter(publication=None, uploaded_at__lt=now - KEPT)
    count, _by_model = old.delete()
    return f"{count} deleted" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Deletes uploaded files that nobody has published within a week")
    jobs.register(jobs.Job("import-drafts", label, jobs.Nightly(), delete_old))
