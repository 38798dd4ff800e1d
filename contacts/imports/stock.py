"""What the database holds of one agency, read once for all rows of a file."""

import datetime as dt
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.db.models import Prefetch

from contacts.labels import post_label
from contacts.models import Agency, Post, Tenure


def tenures_at(path: str) -> Prefetch:
    """The tenures of posts with their people, joined: however many these are."""
    return Prefetch(path, Tenure.objects.select_related("person"))


@dataclass(frozen=True)
class Posts:
    """The posts of an agency that are in use, by key."""

    agency: Agency
    today: dt.date
    by_slug: dict[str, Post]
    _labels: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, agency: Agency, *, today: dt.date) -> "Posts":
        rows = (
            Post.objects.filter(agency=agency, archived_on__isnull=True)
            .select_related("agency", "office", "deputy")
            .prefetch_related("translations", tenures_at("tenures"))
            .order_by("rank", "slug")
        )
        return cls(agency, today, {post.slug: post for post in rows})

    def label(self, post: Post) -> str:
        if post.pk not in self._labels:
            self._labels[post.pk] = post_label(post, on=self.today)
        return self._labels[post.pk]

    def choices(self, typed: str) -> tuple[tuple[str, str], ...]:
        """All posts for a select, those with a key like `typed` first."""
        near = get_close_matches(typed.casefold(), self.by_slug, n=5, cutoff=0.5)
        order = dict.fromkeys((*near, *self.by_slug))
        return tuple((slug, self.label(self.by_slug[slug])) for slug in order)
