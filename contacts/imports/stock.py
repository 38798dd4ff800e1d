"""What the database holds of one agency, read once for all rows of a file."""

import datetime as dt
from dataclasses import dataclass
from difflib import get_close_matches

from contacts.labels import holder_names, post_label
from contacts.models import Agency, Post

# Everything that checks, labels and tables read of a post.
POST_READS = ("translations", "tenures__person")


@dataclass(frozen=True)
class Posts:
    """The posts of an agency that are in use, by key."""

    agency: Agency
    today: dt.date
    by_slug: dict[str, Post]

    @classmethod
    def of(cls, agency: Agency, *, today: dt.date) -> "Posts":
        rows = (
            Post.objects.filter(agency=agency, archived_on__isnull=True)
            .select_related("agency", "office", "deputy")
            .prefetch_related(*POST_READS)
            .order_by("rank", "slug")
        )
        return cls(agency, today, {post.slug: post for post in rows})

    def label(self, post: Post) -> str:
        return post_label(post, on=self.today)

    def holders(self, post: Post) -> str:
        return holder_names(post, on=self.today)

    def choices(self, typed: str) -> tuple[tuple[str, str], ...]:
        """All posts for a select, those with a key like `typed` first."""
        near = get_close_matches(typed.casefold(), self.by_slug, n=5, cutoff=0.5)
        order = dict.fromkeys((*near, *self.by_slug))
        return tuple((slug, self.label(self.by_slug[slug])) for slug in order)
