"""What begins or ends in the next thirty days: rules, holders and absences.

Nothing is wrong with that; staff want to know before visitors notice. No query: all of it is
public, and read from the snapshot.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.coverage import ONE_DAY
from contacts.places import Place
from contacts.published import AbsenceView, PersonView, PostView, Rule, in_force
from contacts.quality.stock import change_url
from contacts.rule_checks import day_in_words
from contacts.snapshot import Snapshot

SOON = dt.timedelta(days=30)


@dataclass(frozen=True)
class Turn:
    """Something begins on `day`, or ends with it; `areas` are the places that it touches."""

    day: dt.date
    about: str
    message: str
    url: str
    areas: tuple[Place, ...]


def turns(snapshot: Snapshot, *, on: dt.date, agencies: frozenset[int] | None = None) -> list[Turn]:
    """What begins after the local date `on` or ends on it or later, within thirty days.

    `agencies` are ids; None: all. Sorted by day.
    """
    found: list[Turn] = []
    for post in snapshot.posts.values():
        asked = agencies is None or post.agency.id in agencies
        if asked and not post.agency.is_finished(on):
            found += _rules(snapshot, post, on)
            found += _tenures(snapshot, post, on)
            found += _absences(snapshot, post, on)
    return sorted(found, key=lambda turn: (turn.day, turn.about))


def _begins(day: dt.date | None, on: dt.date) -> bool:
    return day is not None and on < day <= on + SOON


def _ends(day: dt.date | None, on: dt.date) -> bool:
    return day is not None and on <= day <= on + SOON


def _name(post: PostView, on: dt.date) -> str:
    title = f"{post.abbreviation} – {post.title}" if post.abbreviation else str(post.title)
    holders = ", ".join(person.name for person in post.holders(on))
    return f"{title} ({holders})" if holders else title


def _url(post: PostView, group: str) -> str:
    return f"{change_url('post', post.id)}#{group}-group"


def _rules(snapshot: Snapshot, post: PostView, on: dt.date) -> Iterator[Turn]:
    """The rules of one post that begin, or end, on the same day are one turn."""
    begin: dict[dt.date, list[Rule]] = {}
    end: dict[dt.date, list[Rule]] = {}
    for rule in snapshot.rules_of_post.get(post.id, ()):
        if _begins(rule.valid_from, on):
            begin.setdefault(rule.valid_from, []).append(rule)
        if _ends(rule.valid_until, on):
            end.setdefault(rule.valid_until, []).append(rule)
    for day, rules in begin.items():
        text = ngettext(
            "From %(day)s on it answers for %(n)d more place.",
            "From %(day)s on it answers for %(n)d more places.",
            len(rules),
        )
        yield _turn_of_rules(post, day, rules, text, on)
    for day, rules in end.items():
        text = ngettext(
            "On %(day)s it answers for %(n)d place for the last time.",
            "On %(day)s it answers for %(n)d places for the last time.",
            len(rules),
        )
        yield _turn_of_rules(post, day, rules, text, on)


def _turn_of_rules(post: PostView, day: dt.date, rules: list[Rule], text: str, on) -> Turn:
    message = text % {"day": day_in_words(day), "n": len(rules)}
    areas = tuple(rule.area for rule in rules)
    return Turn(day, _name(post, on), message, _url(post, "responsibilities"), areas)


def _areas(snapshot: Snapshot, post: PostView, on: dt.date) -> tuple[Place, ...]:
    return tuple(rule.area for rule in snapshot.areas_of(post, on))


def _tenures(snapshot: Snapshot, post: PostView, on: dt.date) -> Iterator[Turn]:
    for tenure in post.tenures:
        shown = {"person": tenure.person.name}
        if _begins(tenure.valid_from, on):
            shown["day"] = day_in_words(tenure.valid_from)
            day, message = tenure.valid_from, _("%(person)s begins on %(day)s.") % shown
        elif _ends(tenure.valid_until, on):
            shown["day"] = day_in_words(tenure.valid_until)
            day, message = tenure.valid_until, _("%(person)s leaves after %(day)s.") % shown
        else:
            continue
        areas = _areas(snapshot, post, day)
        yield Turn(day, _name(post, on), message, _url(post, "tenures"), areas)


def _absences(snapshot: Snapshot, post: PostView, on: dt.date) -> Iterator[Turn]:
    for tenure in post.tenures:
        if not in_force(tenure.valid_from, tenure.valid_until, on):
            continue
        for absence in tenure.person.absences:
            day = absence.valid_from if _begins(absence.valid_from, on) else absence.valid_until
            if _begins(day, on) or _ends(day, on):
                yield Turn(
                    day,
                    _name(post, on),
                    _absence(snapshot, tenure.person, absence, on),
                    f"{change_url('person', tenure.person.id)}#absences-group",
                    _areas(snapshot, post, on),
                )


def _absence(snapshot: Snapshot, person: PersonView, absence: AbsenceView, on: dt.date) -> str:
    stand_in = snapshot.posts.get(absence.stand_in_id)
    last = absence.valid_until
    shown = {
        "person": person.name,
        "day": day_in_words(absence.valid_from),
        "back": day_in_words(last + ONE_DAY) if last else "",
    }
    if absence.valid_from <= on:
        message = _("%(person)s is back on %(back)s.") % shown
    elif last:
        message = _("%(person)s is away from %(day)s on, and back on %(back)s.") % shown
    else:
        message = _("%(person)s is away from %(day)s on.") % shown
    if absence.valid_from > on and stand_in is None:
        return f"{message} {_('Nobody stands in.')}"
    return message
