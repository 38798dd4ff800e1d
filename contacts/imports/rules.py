"""A file of responsibilities against what is stored: which rules begin, change, end or stay.

A row for a place that another post of the agency answers for is a hand-over: from the day of the
import on, or from the first day of the row where that is later. A rule that ends answers for the
last time on the day before. Rules that are over are history and are neither matched nor changed.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import F
from django.utils.translation import gettext as _

from contacts import responsibilities
from contacts.imports.columns import Kind, Values, rule_values
from contacts.imports.places import NotFoundError, PlaceFinder, label
from contacts.imports.plans import LEFT_OUT, Line, Plan, Unmatched, day, differences
from contacts.imports.stock import Posts, tenures_at
from contacts.models import Agency, Area, ImportDraft, Responsibility, Topic
from contacts.names import search_keys
from contacts.responsibilities import ONE_DAY
from contacts.rule_checks import Change, Row
from contacts.snapshot import Snapshot
from portal.sheets import Problem

ALWAYS = (dt.date.min, dt.date.max)


@dataclass(eq=False)
class Wanted:
    """A row that is understood: this rule shall be. `rule` is the stored one that it names.

    `given` are the columns that the file has; of the others a stored rule keeps what it says.
    """

    line: int
    row: Row
    given: frozenset[str]
    rule: Responsibility | None = None

    @property
    def is_as_stored(self) -> bool:
        return self.rule is not None and Row.of(self.rule) == self.row


def plan(draft: ImportDraft, *, on: dt.date, today: dt.date, held: Snapshot) -> Plan:
    """The number of queries does not depend on that of the rows."""
    return _Planner(draft, on=on, today=today, held=held).plan()


class _Planner:
    def __init__(self, draft: ImportDraft, *, on: dt.date, today: dt.date, held: Snapshot) -> None:
        self.draft, self.on, self.today = draft, on, today
        self.posts = Posts.of(draft.agency, today=today)
        self.stored = _stored(draft.agency, today)
        self.places = PlaceFinder(draft.agency, held, {rule.area_id for rule in self.stored})
        self.topics = _topics()
        self.found = Plan()

    def plan(self) -> Plan:
        wanted = [row for row in map(self._understood, self.draft.rows) if row is not None]
        by_place: dict[tuple, list[Wanted]] = {}
        for row in wanted:
            by_place.setdefault(_subject(row.row), []).append(row)
        stored: dict[tuple, list[Responsibility]] = {}
        for rule in self.stored:
            stored.setdefault(_subject(Row.of(rule)), []).append(rule)
        for subject, rows in by_place.items():
            self._match(rows, stored.get(subject, []))
            self._refuse_doubles(rows)
        # Whom an unknown row means is not known, so nobody can say yet what the file leaves out.
        may_end = self.draft.is_complete and self.found.is_sound
        for subject in dict.fromkeys((*by_place, *stored)):
            free = self._decide(by_place.get(subject, []), stored.get(subject, []))
            for rule in free if may_end else ():
                self._end(rule)
        return self.found

    # Reading a row --------------------------------------------------------------------------------

    def _understood(self, raw: dict) -> Wanted | None:
        values = Values(Kind.RESPONSIBILITIES, raw)
        about = values.text("place") or values.text("key")
        if LEFT_OUT in (raw.get("place_chosen"), raw.get("post_chosen")):
            self.found.left_out.append(Line(values.line, about))
            return None
        first, last, joint = rule_values(values)
        topic = self._topic(values)
        post = self._post(values, about)
        area = self._area(values, about)
        self.found.problems += values.problems
        if post is None or area is None or values.problems:
            return None
        row = Row(
            post=post, area=area, topic=topic, valid_from=first, valid_until=last, joint=joint
        )
        return Wanted(values.line, row, frozenset(raw))

    def _topic(self, values: Values) -> Topic | None:
        typed = values.text("topic")
        topic = self.topics.get(search_keys(typed)[0]) if typed else None
        if typed and topic is None:
            listed = ", ".join(dict.fromkeys(str(known) for known in self.topics.values())) or "–"
            message = _("There is no topic “%(typed)s”. There are: %(topics)s.")
            values.bad("topic", message % {"typed": typed, "topics": listed})
        return topic

    def _post(self, values: Values, about: str):
        typed = str(values.row.get("post_chosen") or values.text("post"))
        post = self.posts.by_slug.get(typed.casefold())
        if post is None and typed:
            message = _("No post of this agency has the key “%(key)s”.") % {"key": typed}
            self.found.unmatched.append(
                Unmatched(values.line, about, message, "post", self.posts.choices(typed))
            )
        return post

    def _area(self, values: Values, about: str) -> Area | None:
        key, name = values.row.get("place_chosen") or values.key(), values.text("place")
        if not key and not name:
            return None
        try:
            place = self.places.find(key, "" if values.row.get("place_chosen") else name)
        except NotFoundError as error:
            near = tuple((place.key, label(place)) for place in error.places)
            others = tuple(
                (town.key, label(town)) for town in self.places.towns if town not in error.places
            )
            self.found.unmatched.append(
                Unmatched(values.line, about, error.message, "place", near, others)
            )
            return None
        return self.places.areas[place.id]

    # Matching -------------------------------------------------------------------------------------

    def _match(self, rows: Sequence[Wanted], rules: Sequence[Responsibility]) -> None:
        """Give each row the stored rule of the same post: first by its first day, then in order."""
        free = list(rules)
        for exact in (True, False):
            for row in rows:
                if row.rule is not None:
                    continue
                for rule in free:
                    is_same = rule.post_id == row.row.post.pk
                    if is_same and (not exact or rule.valid_from == row.row.valid_from):
                        row.rule = rule
                        free.remove(rule)
                        break
        for row in rows:
            self._settle(row, free)

    def _settle(self, row: Wanted, free: Sequence[Responsibility]) -> None:
        """The first day of a row that names none, or one that is over when another post answers."""
        first = row.row.valid_from
        if row.rule is not None:
            first = row.rule.valid_from if first is None else first
            kept = {name for name in ("valid_until", "joint") if name not in row.given}
            row.row = replace(row.row, **{name: getattr(row.rule, name) for name in kept})
        elif first is None or (first < self.today and self._answers_now(row, free)):
            first = self.on
        row.row = replace(row.row, valid_from=first)
        last = row.row.valid_until
        if row.rule is None and first and last and last < first:
            message = _("The last day lies before %(day)s, when this would begin.")
            problem = Problem(message % {"day": day(first)}, row.line)
            self.found.problems.append(problem)

    def _answers_now(self, row: Wanted, free: Sequence[Responsibility]) -> bool:
        return not row.row.joint and any(rule.post_id != row.row.post.pk for rule in free)

    def _refuse_doubles(self, rows: Sequence[Wanted]) -> None:
        """Two rows that would both answer, unless they share the place or stand so already."""
        for number, row in enumerate(rows):
            for other in rows[:number]:
                if not row.row.shared_days(other.row) or (row.is_as_stored and other.is_as_stored):
                    continue
                if row.row.joint and other.row.joint and row.row.post != other.row.post:
                    continue
                message = _("%(place)s stands in line %(line)d already, for the same days.")
                values = {"place": row.row.place_label, "line": other.line}
                self.found.problems.append(Problem(message % values, row.line))

    # Deciding -------------------------------------------------------------------------------------

    def _decide(
        self, rows: Sequence[Wanted], rules: Sequence[Responsibility]
    ) -> list[Responsibility]:
        """Turn the rows of one place into changes; return the rules that no row touches."""
        matched = {row.rule for row in rows if row.rule is not None}
        free = [rule for rule in rules if rule not in matched]
        for row in sorted(rows, key=lambda row: row.row.span):
            if row.rule is not None:
                self._change(row)
                continue
            before = self._give_way(row, free)
            self.found.change(responsibilities.create(row.row), row.line)
            self._tell_new(row, before)
        return free

    def _change(self, row: Wanted) -> None:
        change = Change(row.rule, row.row)
        line = Line(row.line, row.row.place_label, differences(list(_days(change.before, row.row))))
        if change.is_empty:
            self.found.unchanged.append(line)
        else:
            self.found.change(change, row.line)
            self.found.changed.append(line)

    def _give_way(self, row: Wanted, free: list[Responsibility]) -> list[Responsibility]:
        """Let the rules in `free` end, or begin later, where the new one answers; return them."""
        if row.row.joint:
            return []
        gone = []
        for rule in list(free):
            days = Row.of(rule).shared_days(row.row)
            if not days:
                continue
            gone.append(rule)
            free.remove(rule)
            first, last = row.row.valid_from or ALWAYS[0], row.row.valid_until or ALWAYS[1]
            if rule.valid_from is None or rule.valid_from < first:
                change = responsibilities.update(rule, valid_until=first - ONE_DAY)
            elif rule.valid_until is None or rule.valid_until > last:
                if last == ALWAYS[1]:
                    change = responsibilities.delete(rule)
                else:
                    change = responsibilities.update(rule, valid_from=last + ONE_DAY)
            else:
                change = responsibilities.delete(rule)
            self.found.change(change, row.line)
        return gone

    def _tell_new(self, row: Wanted, before: Sequence[Responsibility]) -> None:
        answers = _("answers")
        old = ", ".join(self.posts.label(rule.post) for rule in before)
        new = self.posts.label(row.row.post)
        pairs = [(answers, old, new), *_days(None, row.row)]
        group = self.found.changed if before else self.found.new
        group.append(Line(row.line, row.row.place_label, differences(pairs)))

    def _end(self, rule: Responsibility) -> None:
        """What a complete file does not name answers on the day before `on` for the last time."""
        if rule.valid_until is not None and rule.valid_until < self.on:
            return
        if rule.valid_from is not None and rule.valid_from >= self.on:
            change = responsibilities.delete(rule)
        else:
            (change,) = responsibilities.end([rule], on=self.on - ONE_DAY)
        self.found.change(change, None)
        after = change.row.valid_until if change.row else _("does not begin")
        pairs = [(_("last day"), rule.valid_until, after)]
        about = f"{Row.of(rule).place_label}: {self.posts.label(rule.post)}"
        self.found.ended.append(Line(None, about, differences(pairs)))


def _stored(agency: Agency, today: dt.date) -> list[Responsibility]:
    """The rules of the agency that are not over, in order."""
    return list(
        Responsibility.objects.overlapping(today, None)
        .filter(post__agency=agency)
        .select_related("post__agency", "post__office", "area__parent", "topic")
        .prefetch_related("post__translations", tenures_at("post__tenures"), "topic__translations")
        .order_by("area__name", F("valid_from").asc(nulls_first=True), "pk")
    )


def _topics() -> dict[str, Topic]:
    """Topics by everything they are called."""
    found = {}
    for topic in Topic.objects.prefetch_related("translations"):
        for text in (topic.slug, *(row.name for row in topic.translations.all())):
            found.setdefault(search_keys(text)[0], topic)
    return found


def _subject(row: Row) -> tuple[int, int | None]:
    return row.area.pk, row.topic and row.topic.pk


def _days(before: Row | None, after: Row) -> Iterable[tuple[str, object, object]]:
    yield _("first day"), before and before.valid_from, after.valid_from
    yield _("last day"), before and before.valid_until, after.valid_until
    words = {True: _("yes"), False: _("no")}
    shared = words[before.joint] if before else words[False]
    yield _("shared"), shared, words[after.joint]
