"""Who holds a post and who is away: the edits that an editor may ask for.

As with responsibilities, an editor's wish is a list of `Edit`s, and `contacts.publishing` writes
them. All dates are local (Europe/Berlin) and inclusive; None is unknown or open.
"""

import copy
import datetime as dt
from collections.abc import Iterable

from contacts.models import Absence, Person, Post, Tenure
from contacts.records import Edit

ONE_DAY = dt.timedelta(days=1)


def end_tenures(tenures: Iterable[Tenure], *, last_day: dt.date) -> list[Edit]:
    """Let `tenures` hold on `last_day` for the last time. Those that have ended stay.

    A tenure that was to begin later goes: nobody can end before having begun.
    """
    edits = []
    for tenure in tenures:
        if tenure.valid_until is not None and tenure.valid_until <= last_day:
            continue
        if tenure.valid_from is not None and tenure.valid_from > last_day:
            edits.append(Edit(tenure, None))
            continue
        ended = copy.copy(tenure)
        ended.valid_until = last_day
        edits.append(Edit(tenure, ended))
    return edits


def replace_holder(
    post: Post, *, leaving: Person | None, following: Person | None, last_day: dt.date
) -> list[Edit]:
    """`leaving` holds `post` until `last_day`, `following` from the day after.

    Without `leaving` nobody goes: `following` joins, or takes a post without a recorded holder.
    Without `following` the post answers by its title until somebody is entered.
    """
    tenures = list(post.tenures.select_related("post", "person"))
    edits = end_tenures(
        (tenure for tenure in tenures if leaving and tenure.person_id == leaving.pk),
        last_day=last_day,
    )
    if following is not None:
        begins = last_day + ONE_DAY
        new = Tenure(post=post, person=following, valid_from=begins)
        known = [tenure for tenure in tenures if tenure.person_id == following.pk]
        if not any(new.overlaps(tenure) for tenure in known):
            edits.append(Edit(None, new))
    return edits


def note_absence(
    person: Person, *, first_day: dt.date, last_day: dt.date | None, stand_in: Post | None
) -> list[Edit]:
    """`person` is away from `first_day` to `last_day`; `stand_in` is shown first on these days."""
    absence = Absence(person=person, valid_from=first_day, valid_until=last_day, stand_in=stand_in)
    return [Edit(None, absence)]
