"""A gap of the coverage report in words for staff."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.consequences import some_of
from contacts.coverage import Gap
from contacts.places import Place
from contacts.resolver import Cause
from contacts.rule_checks import day_in_words, when


def where(gap: Gap) -> str:
    """The places of `gap`, with the topic if it is about one."""
    named = some_of([place_name(area) for area in gap.areas])
    if gap.without:
        named = _("%(places)s without %(parts)s") % {
            "places": named,
            "parts": some_of([part.name for part in gap.without]),
        }
    return f"{named} ({gap.topic.name})" if gap.topic else named


def place_name(place: Place) -> str:
    return f"{place.name} ({place.municipality})" if place.is_part else place.name


def _when(gap: Gap) -> str:
    if gap.is_now and gap.is_open_ended:
        return _("today and in the next twelve months")
    if gap.is_now:
        return _("today and until %(last)s") % {"last": day_in_words(gap.last)}
    return when(gap.first, dt.date.max if gap.is_open_ended else gap.last)


def sentence(gap: Gap) -> str:
    """Since when, until when and why nobody answers."""
    values = {"when": _when(gap)}
    if gap.cause is Cause.AGENCY_FINISHED:
        values |= {"agency": gap.agency.name, "day": day_in_words(gap.agency.ended_on)}
        if gap.explained and gap.reason is None:
            return _("%(agency)s has ended on %(day)s, and no other is recorded.") % values
        return _("Nobody answers %(when)s: %(agency)s ends on %(day)s.") % values
    if gap.cause is Cause.POST_NOT_FILLED:
        titles = dict.fromkeys(str(post.title) for post in gap.posts)
        values |= {"posts": some_of(list(titles))}
        return (
            ngettext(
                "Nobody answers %(when)s: %(posts)s is not filled.",
                "Nobody answers %(when)s: %(posts)s are not filled.",
                len(titles),
            )
            % values
        )
    return _("Nobody is responsible %(when)s.") % values
