"""Taking a post or an office out of use: it stays for the record and old links, and nowhere else.

Nothing public is deleted while something points to it. So nothing is deleted at all; and what is
taken out of use must not be needed any more either.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts import publishing, responsibilities, staffing
from contacts.models import Absence, Office, Post, Publication, Responsibility, Tenure
from contacts.publishing import RefusedError
from contacts.rule_checks import Problem
from contacts.spans import not_ended


def obstacles(row: Post | Office, *, on: dt.date) -> list[str]:
    """Why `row` cannot go out of use on the local date `on`; empty when it can."""
    return list(_of_post(row, on) if isinstance(row, Post) else _of_office(row))


def _of_post(post: Post, on: dt.date) -> Iterator[str]:
    places = Responsibility.objects.filter(not_ended(on), post=post).count()
    if places:
        text = ngettext(
            "It answers for %d place. Hand that over first.",
            "It answers for %d places. Hand them over first.",
            places,
        )
        yield text % places
    others = Post.objects.filter(deputy=post, archived_on__isnull=True)
    for other in others.prefetch_related("translations"):
        yield _("It is the deputy of “%(post)s”.") % {"post": other}
    away = Absence.objects.filter(not_ended(on), stand_in=post).select_related("person")
    for absence in away:
        yield _("It stands in for %(person)s.") % {"person": absence.person}


def _of_office(office: Office) -> Iterator[str]:
    posts = office.posts.filter(archived_on__isnull=True).count()
    if posts:
        yield ngettext("%d post works there.", "%d posts work there.", posts) % posts


@transaction.atomic
def archive(row: Post | Office, *, by, on: dt.date, now: dt.datetime) -> None:
    """Take `row` out of use; whoever holds the post does so until `on`.

    Raises `RefusedError` while something still needs it.
    """
    responsibilities.lock(row.agency, [])  # nobody hands it a place meanwhile
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    found = obstacles(row, on=on)
    if found:
        raise RefusedError([Problem(row, text) for text in found])
    if isinstance(row, Post):
        tenures = Tenure.objects.filter(not_ended(on), post=row).select_related("post", "person")
        publishing.publish(
            row.agency,
            edits=staffing.end_tenures(tenures, last_day=on),
            by=by,
            kind=Publication.Kind.REPLACEMENT,
            reason=_("Out of use"),
            now=now,
        )
    _set(row, on, by=by)


def bring_back(row: Post | Office, *, by) -> None:
    """Take `row` into use again. Its holders and places have to be entered anew."""
    _set(row, None, by=by)


def _set(row: Post | Office, day: dt.date | None, *, by) -> None:
    row.archived_on = day
    row._history_user = by
    row.save(update_fields=["archived_on"])
