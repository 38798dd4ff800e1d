"""Taking back as the administration does: the inverse is published like any other change."""

import datetime as dt
from collections.abc import Iterable

from contacts import consequences, undoing
from contacts.models import Publication


def undo(publication: Publication, *, by=None, now: dt.datetime) -> Publication | None:
    return _publish(publication, [publication], by=by, now=now)


def roll_back(to: Publication, *, by=None, now: dt.datetime) -> Publication | None:
    return _publish(to, undoing.since(to), by=by, now=now)


def _publish(
    publication: Publication, taken_back: Iterable[Publication], *, by, now: dt.datetime
) -> Publication | None:
    changes, edits = undoing.inverse(taken_back)
    return consequences.publish(
        publication.agency, changes, edits=edits, by=by, kind=Publication.Kind.UNDO, now=now
    )[0]
