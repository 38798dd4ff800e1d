"""Texts whose German was changed after their translation: read from the history.

A loaded text has no history until somebody changes it: texts that were loaded together are as old
as each other.
"""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from contacts.models import AgencyTranslation, OfficeTranslation, PostTranslation
from contacts.quality.kinds import Finding, Kind
from contacts.quality.stock import Stock, change_url

GERMAN = "de"
# One form may write several languages, one after the other: that is one change.
TOGETHER = dt.timedelta(minutes=1)


def find(stock: Stock) -> Iterator[Finding]:
    posts = {post.pk: post for post in stock.posts}
    offices = {office.pk: office for office in stock.offices}
    for pk, message, query in _older(AgencyTranslation, stock.agencies):
        url = change_url("agency", pk, query=query)
        yield stock.about_agency(Kind.TRANSLATION, stock.agencies[pk], message, url=url)
    for pk, message, query in _older(OfficeTranslation, offices):
        url = change_url("office", pk, query=query)
        yield stock.about_office(Kind.TRANSLATION, offices[pk], message, url=url)
    for pk, message, query in _older(PostTranslation, posts):
        url = change_url("post", pk, query=query)
        yield stock.about_post(Kind.TRANSLATION, posts[pk], message, url=url)


def _older(model, rows) -> Iterator[tuple[int, str, str]]:
    """The id, a sentence and the tab of the page for each text of `rows` that is older."""
    changed = _last_changes(model, rows)
    for pk, row in rows.items():
        german = changed.get((pk, GERMAN))
        if german is None:
            continue
        for text in sorted(row.translations.all(), key=lambda text: text.language_code):
            code = text.language_code
            own = changed.get((pk, code))
            is_older = own is None or own + TOGETHER < german
            if code != GERMAN and code in dict(settings.LANGUAGES) and is_older:
                message = _("The German text was changed after the translation: %(language)s.")
                yield pk, message % {"language": language_name(code)}, f"language={code}"


def _last_changes(model, masters) -> dict[tuple[int, str], dt.datetime]:
    """When each text was written or last became another one: one query."""
    fields = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in ("id", "master", "language_code")
    ]
    seen: dict[tuple[int, str], tuple] = {}
    changed: dict[tuple[int, str], dt.datetime] = {}
    history = model.history.filter(master__in=list(masters)).order_by("history_date", "history_id")
    columns = ("master_id", "language_code", "history_date", *fields)
    for master, code, instant, *content in history.values_list(*columns):
        if seen.get((master, code)) != tuple(content):
            changed[master, code] = instant
        seen[master, code] = tuple(content)
    return changed


def language_name(code: str) -> str:
    """The name of a language in the reader's own."""
    return translation.gettext(get_language_info(code)["name"])
