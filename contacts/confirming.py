"""Saying once a year that a contact is still right: in the administration, or from a mail.

The link in a mail is signed, names one post and one editor, and lasts two weeks. It shows the
contact as it is; only the button under it confirms (a mail scanner that follows links confirms
nothing), and only what was shown: where the contact has changed in between, it is shown again.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.labels import post_label
from contacts.models import Agency, Post, StaffRole
from contacts.proposals import shown_of
from contacts.published import PostView
from contacts.roles import EDITORS, agencies_of
from portal import clock, jobs, outbox
from portal.models import User

SALT = "contacts.confirming"
LINK_LASTS = dt.timedelta(days=14)  # as the mail says
A_YEAR = dt.timedelta(days=365)
MOST_IN_A_MAIL = 30


def unconfirmed(on: dt.date) -> Q:
    """Posts that nobody has confirmed for a year on the local date `on`; see `is_unconfirmed`."""
    return Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=on - A_YEAR)


def is_unconfirmed(post: Post, *, on: dt.date) -> bool:
    """What `unconfirmed` asks, of a post that has been read."""
    return post.confirmed_on is None or post.confirmed_on < on - A_YEAR


@transaction.atomic
def confirm(posts: Iterable[Post], *, by: User, on: dt.date) -> int:
    """Note that the contacts of `posts` were right on the local date `on`; returns how many."""
    rows = Post.objects.select_for_update(of=("self",)).filter(pk__in=[post.pk for post in posts])
    count = 0
    for post in rows:
        post.confirmed_on = on
        post._history_user = by
        post.save(update_fields=["confirmed_on"])
        count += 1
    return count


# Links --------------------------------------------------------------------------------------------


def link_to(post: Post, user: User) -> str:
    """The path of the page on which `user` confirms `post`."""
    token = signing.dumps([post.pk, user.pk], salt=SALT)
    return reverse("contacts:confirm", args=[token])


def read_link(token: str) -> tuple[Post, User] | None:
    """Whom and what a link names; None when it is not ours, too old, or the editor has left."""
    try:
        post_id, user_id = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    post = Post.objects.filter(pk=post_id).first()
    if user is None or post is None or post.agency_id not in agencies_of(user, EDITORS):
        return None
    return post, user


def digest_of(post: PostView, *, on: dt.date) -> str:
    """What the card of `post` says on the day `on`, in short: the same while it says the same."""
    office = post.office.id if post.office else None
    said = (sorted(shown_of(post, on=on).items()), str(post.title), office, post.phone_alternative)
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


# Reminding ----------------------------------------------------------------------------------------


def overdue(on: dt.date):
    """Posts of agencies at work whose contact nobody has confirmed for a year."""
    at_work = Q(agency__ended_on__isnull=True) | Q(agency__ended_on__gte=on)
    rows = Post.objects.filter(at_work, unconfirmed(on), archived_on__isnull=True)
    rows = rows.filter(staffing=Post.Staffing.FILLED).select_related("agency", "office")
    return rows.prefetch_related("translations", "tenures__person").order_by("agency", "rank", "pk")


def remind(now: dt.datetime) -> str:
    """Write to the editors of each agency which contacts want confirming, at most once a month."""
    on = clock.today(now)
    posts: dict[Agency, list[Post]] = defaultdict(list)
    for post in overdue(on):
        posts[post.agency].append(post)
    editors: dict[int, dict[int, User]] = defaultdict(dict)
    roles = StaffRole.objects.filter(agency__in=posts, role__in=EDITORS, user__is_active=True)
    for role in roles.select_related("user"):
        if role.agency_id in agencies_of(role.user, EDITORS):
            editors[role.agency_id][role.user_id] = role.user
    written = 0
    for agency, own in posts.items():
        for user in editors[agency.pk].values():
            _write(agency, own, user, on=on, now=now)
            written += 1
    return f"{written} reminders" if written else ""


@transaction.atomic
@translation.override(settings.LANGUAGE_CODE)
def _write(agency: Agency, posts: list[Post], user: User, *, on: dt.date, now: dt.datetime) -> None:
    shown = posts[:MOST_IN_A_MAIL]
    lines = [
        f"{post_label(post, on=on)}\n{settings.SITE_URL}{link_to(post, user)}" for post in shown
    ]
    outbox.put(
        f"confirm:{agency.slug}:{user.pk}:{on:%Y-%m}",
        to=user.email,
        subject=_("Are these contacts still right?"),
        body=_(
            "Good day,\n\n"
            "nobody has confirmed these contacts of %(agency)s for a year. Please open each link, "
            "look at the contact, and confirm it with the button there, or correct it in the "
            "administration. A link lasts 14 days.\n\n%(posts)s\n"
        )
        % {"agency": agency, "posts": "\n\n".join(lines)},
        now=now,
        owner=agency.slug,
        is_secret=True,
        not_after=now + LINK_LASTS,
    )


def register_jobs() -> None:
    label = gettext_lazy("Reminds editors of contacts that nobody has confirmed for a year")
    jobs.register(jobs.Job("confirm", label, jobs.Nightly(at=dt.time(6)), remind))
