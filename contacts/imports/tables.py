"""What is stored, in the very shape of the templates: saved, changed and read again as it was."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import get_language

from contacts.imports.columns import COLUMNS, STAFFING_TEXTS, Kind
from contacts.imports.people import german_title
from contacts.imports.stock import Posts, tenures_at
from contacts.models import Agency, Post, Responsibility
from contacts.published import in_force


def header(kind: str) -> list[str]:
    return [column.title for column in COLUMNS[kind]]


def rows(kind: str, agency: Agency, *, today: dt.date) -> list[list[str]]:
    """The contacts of `agency`, or its responsibilities that are not over on the day `today`.

    The number of queries does not depend on that of the rows.
    """
    made = _contacts if kind == Kind.CONTACTS else _responsibilities
    names = [column.name for column in COLUMNS[kind]]
    return [[row[name] for name in names] for row in made(agency, today)]


def _contacts(agency: Agency, today: dt.date) -> Iterator[dict[str, str]]:
    plain = ("abbreviation", "room", "phone", "phone_alternative", "fax", "email")
    staffing = STAFFING_TEXTS["de" if (get_language() or "de").startswith("de") else "en"]
    for post in Posts.of(agency, today=today).by_slug.values():
        yield {
            "post": post.slug,
            "title": german_title(post),
            "holder": _holders(post, today),
            "office": post.office.slug if post.office else "",
            "staffing": staffing[post.staffing],
            **{name: getattr(post, name) for name in plain},
        }


def _responsibilities(agency: Agency, today: dt.date) -> Iterator[dict[str, str]]:
    found = Responsibility.objects.overlapping(today, None).filter(post__agency=agency)
    found = found.select_related("post", "area__parent", "topic").order_by("area__name", "pk")
    is_german = (get_language() or "de").startswith("de")
    for rule in found.prefetch_related(tenures_at("post__tenures")):
        yield {
            "place": str(rule.area),
            "key": rule.area.key,
            "topic": rule.topic.slug if rule.topic else "",
            "post": rule.post.slug,
            "holder": _holders(rule.post, today),
            "valid_from": rule.valid_from.isoformat() if rule.valid_from else "",
            "valid_until": rule.valid_until.isoformat() if rule.valid_until else "",
            "joint": ("ja" if is_german else "yes") if rule.joint else "",
        }


def _holders(post: Post, on: dt.date) -> str:
    return "; ".join(
        tenure.person.name
        for tenure in post.tenures.all()
        if in_force(tenure.valid_from, tenure.valid_until, on)
    )
