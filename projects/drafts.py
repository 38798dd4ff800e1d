"""Drafts: begun, saved section by section, copied, given up.

Each verb is one transaction. What is typed is stored as it is, right or wrong; of two tabs the
second one notices, and nothing is lost.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from contacts.models import Area
from contacts.resolver import resolve
from contacts.snapshot import Snapshot
from portal import references
from projects import events, mails
from projects.actors import is_caseworker, may_write
from projects.answers import Answers, answers_to
from projects.events import Kind
from projects.models import Application, Call, Contributor, SectionAnswers
from projects.sections import (
    ABOUT,
    ATTACHMENTS,
    BY_SLUG,
    COSTS,
    DECLARATIONS,
    SCHEDULE,
    Section,
)
from projects.sections.base import Raw
from projects.states import Actor, ApplicationState
from projects.terms import Channel

TRIES = 20  # to draw a reference that nobody has
# What is said anew in every year, and not taken over from the last application.
NOT_COPIED = frozenset({DECLARATIONS.slug, SCHEDULE.slug})
# Neither sent nor shown to the office at this moment.
DELETABLE = frozenset({ApplicationState.DRAFT, ApplicationState.WITHDRAWN})


class ClosedError(Exception):
    """This section, or the whole application, is not open for writing."""


class ConflictError(Exception):
    """Somebody has saved this section since it was read; `stored` is what they have saved."""

    def __init__(self, stored: SectionAnswers) -> None:
        super().__init__("saved meanwhile")
        self.stored = stored


@dataclass(frozen=True)
class Saved:
    """The revision that a section has now, and the instant at which it was saved (UTC)."""

    revision: int
    at: dt.datetime


@transaction.atomic
def begin(
    call: Call,
    raw: Raw,
    *,
    by,
    now: dt.datetime,
    on: dt.date,
    snapshot: Snapshot,
    channel: Channel = Channel.ONLINE,
    received_on: dt.date | None = None,
    language: str = "",
) -> Application:
    """Begin an application for `call` with what was typed into its first section.

    `by` becomes its owner. What came on paper or by telephone on the day `received_on` is entered
    by a caseworker, also after the end, and has no owner. Raises ClosedError while the call takes
    no applications, and for staff who are no caseworkers of its agency.
    """
    programme = call.programme
    if channel == Channel.ONLINE:
        if not call.takes_applications(now) or by.is_staff:
            raise ClosedError
    elif not is_caseworker(by, programme.agency_id):
        raise ClosedError
    language = language or get_language() or "de"
    fields = {"channel": channel, "received_on": received_on, "language": language}
    application = _insert(call, fields, now=now)
    online = channel == Channel.ONLINE
    if online:
        Contributor.objects.create(
            application=application, user=by, role=Contributor.Role.OWNER, joined_at=now
        )
    events.record(
        application,
        Kind.BEGUN if online else Kind.ENTERED,
        actor=Actor.APPLICANT if online else Actor.CASEWORKER,
        by=by,
        now=now,
    )
    _write(application, ABOUT, raw, revision=0, by=by, now=now)
    _repeat(application, ABOUT, now=now, on=on, snapshot=snapshot)
    mails.draft_is_begun(application, now=now)
    application.refresh_from_db()
    return application


def _insert(call: Call, fields: dict, *, now: dt.datetime) -> Application:
    programme = call.programme
    for _number in range(TRIES):
        try:
            with transaction.atomic():
                return Application.objects.create(
                    reference=references.draw(programme.prefix),
                    call=call,
                    rule_set=call.rule_set,
                    agency=programme.agency,
                    **fields,
                    created_at=now,
                    saved_at=now,
                    changed_at=now,
                )
        except IntegrityError:
            continue
    raise RuntimeError("no free reference was drawn")


def open_sections(application: Application) -> frozenset[str]:
    """The slugs of the sections that may be written now, the attachments among them.

    All of a draft; the marked ones while the office has asked for changes; else none.
    """
    if application.state == ApplicationState.DRAFT:
        return frozenset({*BY_SLUG, ATTACHMENTS})
    if application.state == ApplicationState.CHANGES_REQUESTED:
        asked = application.change_requests.filter(settled_at=None).first()
        return frozenset(asked.sections) if asked else frozenset()
    return frozenset()


def may_be_sent(application: Application) -> bool:
    """Whether it waits to be sent: a draft, one that the office looks at, or asked-for changes."""
    return bool(open_sections(application)) or application.state == ApplicationState.PRECHECK


@transaction.atomic
def save(
    application: Application,
    section: Section,
    raw: Raw,
    *,
    revision: int,
    by,
    now: dt.datetime,
    on: dt.date,
    snapshot: Snapshot,
) -> Saved:
    """Store what was typed into `section`, if it still has the `revision` that was read.

    0 is the revision of a section that nobody has saved. Raises ConflictError with what somebody
    else has saved meanwhile, unless it is the same; ClosedError where it may not be written.
    """
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if section.slug not in open_sections(application) or not may_write(by, application):
        raise ClosedError
    saved = _write(application, section, raw, revision=revision, by=by, now=now)
    if saved.at == now:
        _repeat(application, section, now=now, on=on, snapshot=snapshot)
    return saved


def _write(
    application: Application, section: Section, raw: Raw, *, revision: int, by, now: dt.datetime
) -> Saved:
    rows = SectionAnswers.objects.filter(application=application, section=section.slug)
    stored = rows.first()
    if stored is None:
        SectionAnswers.objects.create(
            application=application, section=section.slug, answers=raw, saved_at=now, saved_by=by
        )
        return Saved(1, now)
    if stored.answers == raw:  # a page that was sent twice, or two people of one mind
        return Saved(stored.revision, stored.saved_at)
    changed = rows.filter(revision=revision).update(
        answers=raw, revision=revision + 1, saved_at=now, saved_by=by
    )
    if not changed:
        raise ConflictError(stored)
    return Saved(revision + 1, now)


def go_back(application: Application, sections: Iterable[str], *, now: dt.datetime) -> None:
    """Let these sections say again what the last version says, in the caller's transaction.

    What was typed since and never sent goes: the time for it is over.
    """
    version = application.versions.order_by("number").last()
    typed = version.content["typed"] if version else {}
    for row in application.sections.filter(section__in=list(sections)):
        if row.section in typed and row.answers != typed[row.section]:
            application.sections.filter(pk=row.pk).update(
                answers=typed[row.section], revision=row.revision + 1, saved_at=now
            )


def _repeat(
    application: Application,
    section: Section,
    *,
    now: dt.datetime,
    on: dt.date,
    snapshot: Snapshot,
) -> None:
    """Repeat in the columns of the application what lists and rules need of this section.

    Once it was sent, what is sent writes them (`facts_of`), and half a change shows nowhere.
    """
    answers = answers_to(application, on=on, snapshot=snapshot)
    facts = section.facts(answers.bound(section))
    if section is COSTS:
        facts = {"total_cents": answers.plan.costs_cents or None}
    if section is SCHEDULE:
        facts |= place_facts(answers, on=on, snapshot=snapshot)
    if application.submitted_at is not None:
        facts = {}  # lists go on saying what was sent
    Application.objects.filter(pk=application.pk).update(**facts, saved_at=now)


def facts_of(answers: Answers, *, on: dt.date, snapshot: Snapshot) -> dict:
    """The columns of an application that repeat what all its sections say."""
    found = {"total_cents": answers.plan.costs_cents or None}
    for section in answers.sections:
        found |= section.facts(answers.bound(section))
    return found | place_facts(answers, on=on, snapshot=snapshot)


def place_facts(answers: Answers, *, on: dt.date, snapshot: Snapshot) -> dict:
    """The place of the project, and the post that answers there on the local date `on`."""
    place = next((place for place in answers.places if place["is_covered"]), None)
    if place is None:
        return {"area_id": None, "assigned_post_id": None}
    area_id = Area.objects.values_list("pk", flat=True).get(key=place["key"])
    answer = resolve(snapshot.gazetteer.by_id[area_id], on=on, snapshot=snapshot)
    return {
        "area_id": area_id,
        "assigned_post_id": answer.rules[0].post.id if answer.rules else None,
    }


@transaction.atomic
def copy(
    application: Application,
    *,
    call: Call,
    by,
    now: dt.datetime,
    on: dt.date,
    snapshot: Snapshot,
) -> Application:
    """Begin a new application for `call` with the answers of an earlier one of the same person.

    Places, days and declarations are asked anew. Raises ClosedError while the call takes none.
    """
    stored = {row.section: row.answers for row in application.sections.all()}
    moment = {"by": by, "now": now}
    fresh = begin(
        call,
        stored.get(ABOUT.slug, {}),
        on=on,
        snapshot=snapshot,
        language=application.language,
        **moment,
    )
    for slug, raw in stored.items():
        if slug in BY_SLUG and slug != ABOUT.slug and slug not in NOT_COPIED:
            _write(fresh, BY_SLUG[slug], raw, revision=0, **moment)
            _repeat(fresh, BY_SLUG[slug], now=now, on=on, snapshot=snapshot)
    events.record(fresh, Kind.COPIED, actor=Actor.APPLICANT, by=by, now=now)
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def delete(application: Application, *, by) -> None:
    """Delete a draft, also one that was given up, with everything that belongs to it.

    Files lose their last reference and are swept later. Raises ClosedError for what was sent, and
    for whoever did not begin it.
    """
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    is_owner = application.contributors.filter(user=by, role=Contributor.Role.OWNER).exists()
    is_unsent = application.submitted_at is None and application.state in DELETABLE
    if not is_unsent or not is_owner:
        raise ClosedError
    application.delete()
