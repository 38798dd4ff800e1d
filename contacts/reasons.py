"""Why this answer: one or two sentences made from the rule that fired, never more than is recorded.

Everything here is plain text in the active language. A date is named only when it is recorded.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.index import Hit
from contacts.models import PlaceName
from contacts.places import Place
from contacts.published import PostView
from contacts.reader import Basis, Reading
from contacts.resolver import Cause, Contact, LookUp, Outcome, Resolution


def why(found: LookUp) -> str:
    """Why a look-up was answered as it was; empty for a question and for nothing."""
    answer = found.answer
    if answer is None:
        return ""
    several = len(found.places) > 1
    how = _several(found) if several else _place(answer.place, found.hits[0], found.reading)
    return _joined(*how, *_responsible(answer, several=several))


def why_here(resolution: Resolution) -> str:
    """Why the page of a place names this contact."""
    return _joined(*_place(resolution.place), *_responsible(resolution))


def listing(names: Iterable[str]) -> str:
    """ "Grimma, Otterwisch and Parthenstein"."""
    names = list(names)
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def span(valid_from: dt.date | None, valid_until: dt.date | None) -> str:
    """ "from 1 March 2026 until 31 May 2026", or the part of it that is recorded."""
    words = {
        "first": date_format(valid_from, "DATE_FORMAT") if valid_from else "",
        "last": date_format(valid_until, "DATE_FORMAT") if valid_until else "",
    }
    if valid_from and valid_until:
        return _("from %(first)s until %(last)s") % words
    if valid_from:
        return _("since %(first)s") % words
    return _("until %(last)s") % words if valid_until else ""


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def names_of(contact: Contact) -> str:
    """Who answers: the holders by name, else the post by its title."""
    return listing(person.name for person in contact.holders) or _title(contact.post)


def _title(post: PostView) -> str:
    return str(post.title)


# How the text leads to the place --------------------------------------------------------------


def _several(found: LookUp) -> Iterable[str]:
    names = listing(place.name for place in found.places)
    reading = found.reading
    if reading.basis is Basis.POSTAL_CODE:
        yield from _withdrawn(reading)
        yield _("The postal code %(code)s belongs to %(names)s.") % {
            "code": reading.code,
            "names": names,
        }
    else:
        yield _("The name fits %(names)s.") % {"names": names}


def _place(place: Place, hit: Hit | None = None, reading: Reading | None = None) -> Iterable[str]:
    if reading is not None:
        yield from _withdrawn(reading)
        if reading.basis is Basis.POSTAL_CODE:
            yield _("The postal code %(code)s belongs to %(names)s.") % {
                "code": reading.code,
                "names": place.name,
            }
    name = hit.name if hit else None
    if name is not None and name.kind == PlaceName.Kind.FORMER and name.text != place.name:
        yield _("%(name)s is the former name of %(place)s.") % {
            "name": name.text,
            "place": place.name,
        }
    if place.is_part:
        yield _part(place)


def _withdrawn(reading: Reading) -> Iterable[str]:
    if reading.withdrawn:
        yield _("The postal code %(code)s is no longer in use; today it is %(successor)s.") % {
            "code": reading.withdrawn.code,
            "successor": reading.withdrawn.successor,
        }


def _part(place: Place) -> str:
    town = place.municipality or place.district
    words = {"place": place.name, "town": town.name, "code": ", ".join(place.known_codes)}
    if place.is_quarter:
        return _("%(place)s is a quarter of %(town)s.") % words
    if place.is_former_municipality and len(place.known_codes) == 1:
        return _("%(place)s is today part of %(town)s (%(code)s).") % words
    if place.is_former_municipality:
        return _("%(place)s is today part of %(town)s.") % words
    if len(place.known_codes) == 1:
        return _("%(place)s is a part of %(town)s (%(code)s).") % words
    return _("%(place)s is a part of %(town)s.") % words


# Who answers, and why -------------------------------------------------------------------------


def _responsible(answer: Resolution, *, several: bool = False) -> Iterable[str]:
    if answer.outcome is Outcome.OUTSIDE:
        return _outside(answer.place)
    if answer.outcome is Outcome.UNASSIGNED:
        return _unassigned(answer)
    return _exact(answer, several=several)


def _outside(place: Place) -> Iterable[str]:
    if place.is_city_of_its_own:
        town = place.municipality or place
        yield _(
            "%(town)s is a city of its own and belongs to no rural district. This portal has no "
            "contact there: please ask the administration of the city."
        ) % {"town": town.name}
    elif place.is_district:
        yield _(
            "This portal has no contact in %(district)s: please ask the district's administration."
        ) % {"district": place.name}
    else:
        yield _(
            "%(place)s lies in %(district)s. This portal has no contact there: please ask the "
            "district's administration."
        ) % {"place": place.name, "district": place.district.name}


def _unassigned(answer: Resolution) -> Iterable[str]:
    agency = answer.agency
    words = {"place": answer.place.name, "agency": str(agency.name) if agency else ""}
    if answer.cause is Cause.AGENCY_FINISHED:
        if agency.ended_on:
            words["date"] = date_format(agency.ended_on, "DATE_FORMAT")
            yield _("“%(agency)s” ended on %(date)s.") % words
        yield _("Nobody is recorded for %(place)s now.") % words
    elif answer.cause is Cause.POST_NOT_FILLED:
        words["post"] = listing(dict.fromkeys(_title(rule.post) for rule in answer.rules))
        yield (
            _(
                "The post that answers for %(place)s (%(post)s) is not filled at present. Until "
                "it is, the central contact of the agency helps you."
            )
            % words
        )
    else:
        yield (
            _(
                "No person of its own is recorded for %(place)s. The central contact of the agency "
                "helps you."
            )
            % words
        )


def _exact(answer: Resolution, *, several: bool) -> Iterable[str]:
    if not answer.contacts:
        yield _(
            "The central contact of the agency answers for %(district)s as a whole. Individual "
            "towns may have a contact of their own."
        ) % {"district": answer.place.name}
        return
    yield from _topic(answer)
    regular = [c for c in answer.contacts if c.standing_in_for is None]
    if regular:
        names = list(dict.fromkeys(names_of(contact) for contact in regular))
        yield _rule(answer, listing(names), len(names), several)
    for contact in answer.contacts:
        yield from _stand_in(contact)


def _topic(answer: Resolution) -> Iterable[str]:
    topic = answer.topic
    if topic is None or answer.fits_topic:
        return
    # Whose own task it is anyway is no makeshift.
    if not any(contact.post and topic.id in contact.post.topic_ids for contact in answer.contacts):
        yield _(
            "There is no contact of its own for the topic “%(topic)s” here, so the general one "
            "answers."
        ) % {"topic": str(topic.name)}


def _rule(answer: Resolution, names: str, number: int, several: bool) -> str:
    rule, area = answer.rules[0], answer.rule_area
    dates = span(rule.valid_from, rule.valid_until)
    words = {
        "names": names,
        "area": area.name,
        "topic": str(answer.topic.name) if answer.topic else "",
        "dates": f" ({dates})" if dates else "",
    }
    if answer.fits_topic:
        return (
            ngettext(
                "For the topic “%(topic)s” in %(area)s, %(names)s is responsible%(dates)s.",
                "For the topic “%(topic)s” in %(area)s, %(names)s are responsible%(dates)s.",
                number,
            )
            % words
        )
    if area.is_district:
        return (
            ngettext(
                "For the whole of %(area)s, %(names)s is responsible%(dates)s.",
                "For the whole of %(area)s, %(names)s are responsible%(dates)s.",
                number,
            )
            % words
        )
    if several:
        return (
            ngettext(
                "For all of them %(names)s is responsible%(dates)s.",
                "For all of them %(names)s are responsible%(dates)s.",
                number,
            )
            % words
        )
    return (
        ngettext(
            "For %(area)s, %(names)s is responsible%(dates)s.",
            "For %(area)s, %(names)s are responsible%(dates)s.",
            number,
        )
        % words
    )


def _stand_in(contact: Contact) -> Iterable[str]:
    """What is said where a post answers in the place of another."""
    replaced = contact.standing_in_for
    if replaced is None:
        return
    words = {"name": names_of(contact), "post": _title(replaced)}
    if contact.absence is None:
        yield _("The post “%(post)s” is not filled at present; %(name)s stands in.") % words
        return
    words["dates"] = span(contact.absence.valid_from, contact.absence.valid_until)
    yield _("%(name)s stands in for the post “%(post)s” %(dates)s.") % words
