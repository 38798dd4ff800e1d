"""What stands there twice: answers that contradict each other, and rows that nobody needs.

Sharing is no finding: colleagues share a room, a mailbox, a switchboard and a title. Two rows are
one only when nothing tells them apart.
"""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from contacts.models import Post
from contacts.names import search_keys
from contacts.published import Rule, in_force
from contacts.quality.kinds import Finding, Kind
from contacts.quality.stock import Stock, change_url, pairs
from contacts.rule_checks import when


def find(stock: Stock) -> Iterator[Finding]:
    yield from contradicting_rules(stock)
    yield from people_twice(stock)
    yield from posts_twice(stock)
    yield from offices_twice(stock)
    yield from holders_twice(stock)
    yield from hours_twice(stock)
    yield from numbers_twice(stock)


# Rules --------------------------------------------------------------------------------------------


def contradicting_rules(stock: Stock) -> Iterator[Finding]:
    """Two rules for the same place and topic, on a day that is not past, that are no team."""
    for rules in stock.snapshot.rules_of_area.values():
        for one, other in pairs(rules):
            days = _shared_days(one, other)
            agencies = frozenset({one.post.agency.id, other.post.agency.id})
            if one.topic_id != other.topic_id or days is None or days[1] < stock.on:
                continue
            if not stock.is_asked_for(agencies):
                continue
            if one.post is other.post:
                yield _rules_twice(stock, other, days)
            elif not (one.joint and other.joint):
                yield _overlap(stock, one, other, days)


def _span(rule: Rule) -> tuple[dt.date, dt.date]:
    ends = (rule.valid_until, rule.post.agency.ended_on)
    return rule.valid_from or dt.date.min, min(end or dt.date.max for end in ends)


def _shared_days(one: Rule, other: Rule) -> tuple[dt.date, dt.date] | None:
    (one_from, one_until), (other_from, other_until) = _span(one), _span(other)
    first, last = max(one_from, other_from), min(one_until, other_until)
    return (first, last) if first <= last else None


def _overlap(stock: Stock, one: Rule, other: Rule, days: tuple[dt.date, dt.date]) -> Finding:
    named = [_name(stock, rule) for rule in (one, other)]
    message = _("%(one)s and %(other)s both answer, %(when)s, and are not marked as shared.")
    own = other if stock.is_asked_for([other.post.agency.id]) else one
    return _about_rule(
        stock,
        Kind.OVERLAP,
        own,
        message % {"one": named[0], "other": named[1], "when": when(*days)},
        {one.post.agency.id, other.post.agency.id},
    )


def _rules_twice(stock: Stock, rule: Rule, days: tuple[dt.date, dt.date]) -> Finding:
    message = _("%(post)s has this place twice, %(when)s.")
    shown = {"post": _name(stock, rule), "when": when(*days)}
    return _about_rule(stock, Kind.DUPLICATE, rule, message % shown, {rule.post.agency.id})


def _name(stock: Stock, rule: Rule) -> str:
    """The post of a rule, which may be another agency's."""
    return stock.post_labels.get(rule.post.id, str(rule.post.title))


def _about_rule(stock: Stock, kind: Kind, rule: Rule, message: str, agencies) -> Finding:
    topic = next((t for t in stock.snapshot.topics if t.id == rule.topic_id), None)
    return Finding(
        kind=kind,
        agencies=frozenset(agencies),
        about=f"{rule.area} ({topic.name})" if topic else str(rule.area),
        message=message,
        model="responsibility",
        pk=rule.id,
        url=change_url("responsibility", rule.id),
        places=stock.towns([rule.area]),
        topic_id=rule.topic_id,
    )


# Rows ---------------------------------------------------------------------------------------------


def people_twice(stock: Stock) -> Iterator[Finding]:
    """The same name in one agency."""
    first: dict[tuple, str] = {}
    for person in stock.people:
        key = (person.agency_id, search_keys(person.name)[0])
        if key not in first:
            first[key] = person.name
            continue
        held = [t.post for t in stock.tenures if t.person_id == person.pk and _is_on(stock, t)]
        yield Finding(
            kind=Kind.DUPLICATE,
            agencies=frozenset({person.agency_id}),
            about=person.name,
            message=_("Two people of this agency have this name: is it one person?"),
            model="person",
            pk=person.pk,
            url=change_url("person", person.pk, field="name"),
            places=stock.reach_of_posts(held),
        )


def _is_on(stock: Stock, row) -> bool:
    return in_force(row.valid_from, row.valid_until, stock.on)


def posts_twice(stock: Stock) -> Iterator[Finding]:
    """The same title, held by the same people, on the same telephone."""
    first: dict[tuple, Post] = {}
    for post in stock.active_posts:
        holders = frozenset(t.person_id for t in post.tenures.all() if _is_on(stock, t))
        phone = _digits(post.phone)
        key = (post.agency_id, str(post), holders, phone)
        if not holders and not phone:  # posts of a team of which no more is known
            continue
        if key in first:
            yield stock.about_post(
                Kind.DUPLICATE,
                post,
                _("Another post has the same title, holder and telephone number: %(post)s.")
                % {"post": stock.post_labels[first[key].pk]},
            )
        first.setdefault(key, post)


def offices_twice(stock: Stock) -> Iterator[Finding]:
    """The same address, down to the building."""
    seen: set[tuple] = set()
    for office in stock.offices:
        address = (office.street, office.city, office.building)
        key = (office.agency_id, office.postal_code, *(search_keys(t)[0] for t in address))
        if key in seen:
            message = _("Another office of this agency has this address.")
            yield stock.about_office(Kind.DUPLICATE, office, message, field="street")
        seen.add(key)


def holders_twice(stock: Stock) -> Iterator[Finding]:
    """A person holds a post twice on a day that is not past."""
    for post in stock.posts:
        for one, other in pairs(post.tenures.all()):
            is_past = any(t.valid_until and t.valid_until < stock.on for t in (one, other))
            if one.person_id == other.person_id and one.overlaps(other) and not is_past:
                yield stock.about_post(
                    Kind.DUPLICATE,
                    post,
                    _("%(person)s holds this post twice at the same time.")
                    % {"person": one.person},
                    url=f"{change_url('post', post.pk)}#tenures-group",
                )


def hours_twice(stock: Stock) -> Iterator[Finding]:
    for office in stock.offices:
        for one, other in pairs(office.hours.all()):
            overlap = one.opens < other.closes and other.opens < one.closes
            if one.weekday == other.weekday and overlap:
                yield stock.about_office(
                    Kind.DUPLICATE,
                    office,
                    _("These opening hours overlap: %(one)s and %(other)s.")
                    % {"one": one, "other": other},
                    url=f"{change_url('office', office.pk)}#hours-group",
                )


def numbers_twice(stock: Stock) -> Iterator[Finding]:
    for post in stock.active_posts:
        if post.phone and _digits(post.phone) == _digits(post.phone_alternative):
            yield stock.about_post(
                Kind.DUPLICATE,
                post,
                _("The second telephone number is the first one again."),
                field="phone_alternative",
            )


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())
