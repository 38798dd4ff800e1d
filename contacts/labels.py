"""How staff tell apart what has the same name."""

import datetime as dt

from contacts.models import Post
from contacts.published import in_force


def post_label(post: Post, *, on: dt.date) -> str:
    """The title of `post` and who holds it on the day `on`, else where it is: "KIK (Jana Loth)".

    Half an agency may share one title. Prefetch `tenures__person`, `translations` and `office`.
    """
    holders = holder_names(post, on=on)
    return f"{post} ({holders or (post.office.city if post.office else post.slug)})"


def holder_names(post: Post, *, on: dt.date) -> str:
    """Who holds `post` on the day `on`; "" when nobody is recorded."""
    return ", ".join(
        tenure.person.name
        for tenure in post.tenures.all()
        if in_force(tenure.valid_from, tenure.valid_until, on)
    )
