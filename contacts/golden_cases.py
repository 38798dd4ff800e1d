"""Golden cases: answers that staff never want to lose, asked before and after each publication."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from contacts.labels import post_label
from contacts.models import Agency, GoldenCase, Post
from contacts.resolver import look_up
from contacts.rule_checks import day_in_words
from contacts.snapshot import Snapshot


@dataclass(frozen=True)
class Turn:
    """A golden case that was answered as it should be, and no longer is from the day `day` on."""

    case: GoldenCase
    day: dt.date
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        nobody = _("nobody")
        return _("“%(typed)s”: %(before)s → %(after)s, from %(day)s") % {
            "typed": self.case.typed,
            "before": ", ".join(self.before) or nobody,
            "after": ", ".join(self.after) or nobody,
            "day": day_in_words(self.day),
        }


@dataclass(frozen=True)
class Answer:
    """What a case gets on a day: whether it is the wanted one, and which posts (ids) answer."""

    is_right: bool
    posts: tuple[int, ...]


def compare(
    agency: Agency, days: Sequence[dt.date], *, before: Snapshot, after: Snapshot
) -> tuple[list[Turn], list[GoldenCase]]:
    """The cases of `agency` that turn wrong between two snapshots, and those that were and stay so.

    A case that is put right on one of the `days` is neither.
    """
    turned: list[tuple[GoldenCase, dt.date, Answer, Answer]] = []
    still_wrong = []
    for case in GoldenCase.objects.of_agencies([agency.pk]).order_by("typed", "pk"):
        pairs = [(_answer(case, day, before), _answer(case, day, after)) for day in days]
        if not any(answer.is_right for pair in pairs for answer in pair):
            still_wrong.append(case)
        for day, (old, new) in zip(days, pairs, strict=True):
            if old.is_right and not new.is_right:
                turned.append((case, day, old, new))
                break
    posts = _posts(pk for _case, _day, old, new in turned for pk in (*old.posts, *new.posts))
    turns = []
    for case, day, old, new in turned:
        titles = (tuple(post_label(posts[pk], on=day) for pk in side.posts) for side in (old, new))
        turns.append(Turn(case, day, *titles))
    return turns, still_wrong


def _answer(case: GoldenCase, day: dt.date, held: Snapshot) -> Answer:
    """Right is: the wanted place is among the places found, and the wanted post answers there.

    A case that names no post only wants its place, and the other way round.
    """
    topic = next((topic for topic in held.topics if topic.id == case.topic_id), None)
    found = [
        resolution
        for resolution in look_up(case.typed, topic, on=day, snapshot=held).resolutions
        if case.area_id is None or resolution.place.id == case.area_id
    ]
    posts = dict.fromkeys(post.id for resolution in found for post in resolution.posts)
    is_right = bool(found) if case.post_id is None else case.post_id in posts
    return Answer(is_right, tuple(posts))


def _posts(ids: Iterable[int]) -> dict[int, Post]:
    """Posts by id, with all that `post_label` reads."""
    rows = Post.objects.select_related("office")
    return rows.prefetch_related("translations", "tenures__person").in_bulk(set(ids))
