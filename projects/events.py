"""The file of a case: what happened, in an order that cannot be changed unnoticed.

Each event holds the digest of the one before it; a row that was altered, removed or slipped in
breaks the chain (`broken_at`). Written in the transaction of what happened.
"""

import datetime as dt
import hashlib
import json

from projects.models import Application, CaseEvent
from projects.states import Actor

Kind = CaseEvent.Kind


def record(
    application: Application, kind: Kind, /, *, actor: Actor, by, now: dt.datetime, **data
) -> CaseEvent:
    """Add an event to the file of `application`, whose row the caller has locked.

    `data` holds numbers, keys and states, never text that somebody typed. `by` is None for what
    the clock did. Raises IntegrityError when somebody else has added one at the same time.
    """
    last = CaseEvent.objects.filter(application=application).order_by("-number").first()
    event = CaseEvent(
        application=application,
        number=last.number + 1 if last else 1,
        kind=kind,
        actor=actor,
        user=by,
        happened_at=now,
        data=data,
        previous_digest=last.digest if last else "",
    )
    event.digest = digest_of(event)
    event.save()
    return event


def digest_of(event: CaseEvent) -> str:
    """The SHA-256 over the event, its case, and the digest of the event before it."""
    content = [
        str(event.application.uuid),
        event.number,
        event.kind,
        event.actor,
        event.user_id,
        event.happened_at.astimezone(dt.UTC).isoformat(),
        event.data,
        event.previous_digest,
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def broken_at(application: Application) -> int | None:
    """The number of the first event that does not fit into the chain; None where all do."""
    previous = ""
    for number, event in enumerate(application.events.order_by("number"), start=1):
        event.application = application
        if (event.number, event.previous_digest) != (number, previous):
            return number
        if event.digest != digest_of(event):
            return number
        previous = event.digest
    return None
