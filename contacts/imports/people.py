"""A file of contacts against what is stored: which posts are new, which of their fields change.

A row names its post by the key; without one, by title and holder together; else it is a new post.
Who holds a post changes on the day of the import: until the day before, whoever did.
"""

import copy
import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from contacts import responsibilities, staffing
from contacts.imports.columns import Kind, Values, contact_values
from contacts.imports.plans import LEFT_OUT, Line, Plan, Unmatched, differences
from contacts.imports.stock import Posts
from contacts.models import (
    Agency,
    ImportDraft,
    Office,
    Person,
    Post,
    PostTranslation,
    Responsibility,
    Tenure,
)
from contacts.names import search_keys
from contacts.published import in_force
from contacts.records import Edit
from contacts.responsibilities import ONE_DAY
from contacts.rule_checks import Row
from contacts.slugs import german_slug
from portal.sheets import Problem

NEW = "+"  # chosen for a row that shall become a post of its own
LANGUAGE = settings.LANGUAGE_CODE
SLUG_LENGTH = 80


def names_in(text: str) -> list[str]:
    """The holders that a cell names, separated by semicolons."""
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def german_title(post: Post) -> str:
    return next((t.title for t in post.translations.all() if t.language_code == LANGUAGE), "")


def plan(draft: ImportDraft, *, on: dt.date, today: dt.date) -> Plan:
    """The number of queries does not depend on that of the rows."""
    return _Planner(draft, on=on, today=today).plan()


class _Planner:
    def __init__(self, draft: ImportDraft, *, on: dt.date, today: dt.date) -> None:
        self.draft, self.on, self.today = draft, on, today
        self.posts = Posts.of(draft.agency, today=today)
        self.by_title: dict[tuple, list[Post]] = {}
        for post in self.posts.by_slug.values():
            self.by_title.setdefault(self._title_key(post), []).append(post)
        self.offices = _offices(draft.agency)
        self.people: dict[str, list[Person]] = {}
        for person in Person.objects.filter(agency=draft.agency).order_by("pk"):
            self.people.setdefault(search_keys(person.name)[0], []).append(person)
        self.slugs = set(Post.objects.values_list("slug", flat=True))
        self.line_of: dict[str, int] = {}
        self.introduced: set[int] = set()  # new people that a row has brought already
        self.found = Plan()

    def plan(self) -> Plan:
        for raw in self.draft.rows:
            self._row(raw)
        if self.draft.is_complete and self.found.is_sound:
            self._end_others()
        return self.found

    def _title_key(self, post: Post) -> tuple[str, str]:
        return search_keys(german_title(post))[0], _folded(_names(_held(post, self.today)))

    # One row --------------------------------------------------------------------------------------

    def _row(self, raw: dict) -> None:
        values = Values(Kind.CONTACTS, raw)
        if LEFT_OUT in (raw.get("post_chosen"), raw.get("holder_chosen")):
            about = values.text("title") or values.text("post")
            self.found.left_out.append(Line(values.line, about))
            return
        wanted = contact_values(values)
        if "office" in values:
            wanted["office"] = self._office(values)
        self.found.problems += values.problems
        if values.problems:
            return
        post, is_known = self._post(values)
        if not is_known:
            return
        if post is None:
            self._new_post(values, wanted)
        elif self._is_first(post, values):
            self._change(post, values, wanted)

    def _is_first(self, post: Post, values: Values) -> bool:
        other = self.line_of.setdefault(post.slug, values.line)
        if other != values.line:
            message = _("%(post)s stands in line %(line)d already.")
            text = message % {"post": self.posts.label(post), "line": other}
            self.found.problems.append(Problem(text, values.line))
        return other == values.line

    def _post(self, values: Values) -> tuple[Post | None, bool]:
        """The post, None for a new one; and whether that is certain."""
        typed = str(values.row.get("post_chosen") or values.text("post"))
        if typed == NEW:
            return None, True
        if typed:
            post = self.posts.by_slug.get(typed.casefold())
            if post is not None:
                return post, True
            message = _("No post of this agency has the key “%(key)s”.") % {"key": typed}
            return None, self._ask(values, message, self.posts.choices(typed))
        key = search_keys(values.text("title"))[0], _folded(names_in(values.text("holder")))
        found = self.by_title.get(key, [])
        if len(found) < 2:
            return (found[0] if found else None), True
        message = _("Several posts have this title and these holders.")
        choices = tuple((post.slug, f"{self.posts.label(post)}: {post.slug}") for post in found)
        return None, self._ask(values, message, choices)

    def _ask(self, values: Values, message: str, choices, field: str = "post") -> bool:
        about = values.text("title") or values.text("post")
        if field == "post":
            choices = (*choices, (NEW, _("a new post")))
        self.found.unmatched.append(Unmatched(values.line, about, message, field, tuple(choices)))
        return False

    def _office(self, values: Values) -> Office | None:
        typed = values.text("office")
        if not typed:
            return None
        found = self.offices.get(search_keys(typed)[0], [])
        if len(found) != 1:
            listed = ", ".join(
                sorted({office.slug for own in self.offices.values() for office in own})
            )
            message = _("There is no office “%(typed)s”. There are: %(offices)s.")
            values.bad("office", message % {"typed": typed, "offices": listed or "–"})
            return None
        return found[0]

    # What becomes of a post -----------------------------------------------------------------------

    def _new_post(self, values: Values, wanted: dict) -> None:
        title = values.text("title")
        post = Post(agency=self.draft.agency, slug=self._slug(title), **wanted)
        edits = [
            Edit(None, post),
            Edit(None, PostTranslation(master=post, language_code=LANGUAGE, title=title)),
        ]
        joining = self._people_of(values, names_in(values.text("holder")))
        if joining is None:
            return
        edits += self._join(post, joining)
        self.found.edit(edits, values.line)
        holders = ", ".join(person.name for person in joining)
        pairs = [(label, "", value) for label, value in self._shown(wanted)]
        lines = differences([(_("held by"), "", holders), *pairs])
        self.found.new.append(Line(values.line, title, lines))

    def _slug(self, title: str) -> str:
        """A free name for the address: from the title and the agency, never from a person."""
        stem = f"{german_slug(title)[:50]}-{self.draft.agency.slug}"[: SLUG_LENGTH - 4].strip("-")
        slug, number = stem, 1
        while slug in self.slugs:
            number += 1
            slug = f"{stem}-{number}"
        self.slugs.add(slug)
        return slug

    def _change(self, post: Post, values: Values, wanted: dict) -> None:
        changed = copy.copy(post)
        for name, value in wanted.items():
            setattr(changed, name, value)
        edits = [Edit(post, changed)]
        pairs = [
            (label, before, after)
            for (label, before), (_label, after) in zip(
                self._shown({name: getattr(post, name) for name in wanted}),
                self._shown(wanted),
                strict=True,
            )
        ]
        pairs.insert(0, self._retitle(post, values.text("title"), edits))
        if "holder" in values:
            moved = self._exchange(post, values, edits)
            if moved is None:
                return
            pairs.insert(1, moved)
        line = Line(values.line, self.posts.label(post), differences(pairs))
        edits = [edit for edit in edits if not edit.is_empty]
        (self.found.changed if edits else self.found.unchanged).append(line)
        self.found.edit(edits, values.line)

    def _retitle(self, post: Post, title: str, edits: list[Edit]) -> tuple[str, str, str]:
        former = next((t for t in post.translations.all() if t.language_code == LANGUAGE), None)
        if former is None:
            row = PostTranslation(master=post, language_code=LANGUAGE, title=title)
            edits.append(Edit(None, row))
            return _("title"), "", title
        retitled = copy.copy(former)
        retitled.title = title
        edits.append(Edit(former, retitled))
        return _("title"), former.title, title

    def _exchange(self, post: Post, values: Values, edits: list[Edit]):
        """Let holders go and come on the day; None while a name is not clear."""
        names = names_in(values.text("holder"))
        held = _held(post, self.on)
        before = ", ".join(_names(held))
        present = _held(post, self.today)  # as in the file that was saved from here
        if _folded(names) in (_folded(_names(held)), _folded(_names(present))):
            return _("held by"), before, before
        keys = {search_keys(name)[0] for name in names}
        leaving = [t for t in held if search_keys(t.person.name)[0] not in keys]
        staying = {search_keys(t.person.name)[0] for t in held if t not in leaving}
        joining = self._people_of(values, [n for n in names if search_keys(n)[0] not in staying])
        if joining is None:
            return None
        gone = {tenure.person_id for tenure in leaving}
        tenures = [tenure for tenure in post.tenures.all() if tenure.person_id in gone]
        edits += staffing.end_tenures(tenures, last_day=self.on - ONE_DAY)
        edits += self._join(post, joining)
        return _("held by"), before, ", ".join(names)

    def _join(self, post: Post, people: Iterable[Person]) -> list[Edit]:
        edits = []
        for person in people:
            if person.pk is None and id(person) not in self.introduced:
                self.introduced.add(id(person))
                edits.append(Edit(None, person))
            new = Tenure(post=post, person=person, valid_from=self.on)
            known = [t for t in post.tenures.all() if t.person_id == person.pk] if post.pk else []
            if not any(new.overlaps(tenure) for tenure in known):
                edits.append(Edit(None, new))
        return edits

    def _people_of(self, values: Values, names: Sequence[str]) -> list[Person] | None:
        """Whom `names` mean; somebody whom nobody knows is new. None while that is not clear."""
        chosen = values.row.get("holder_chosen", "")
        found = []
        for name in names:
            longest = Person._meta.get_field("name").max_length
            if len(name) > longest:
                values.bad("holder", _("Longer than %d characters.") % longest)
                self.found.problems += values.problems
                return None
            known = self.people.setdefault(search_keys(name)[0], [])
            if not known:
                known.append(Person(agency=self.draft.agency, name=name))
            if len(known) > 1:
                known = [person for person in known if str(person.pk) == chosen]
            if not known:
                message = _("Several people are called “%(name)s”.") % {"name": name}
                people = self.people[search_keys(name)[0]]
                choices = tuple((str(person.pk), f"{person} ({person.pk})") for person in people)
                self._ask(values, message, choices, "holder")
                return None
            found.append(known[0])
        return found

    def _shown(self, fields: dict) -> list[tuple[str, str]]:
        shown = []
        for name, value in fields.items():
            field = Post._meta.get_field(name)
            text = dict(field.flatchoices).get(value, value) if name != "office" else value
            shown.append((field.verbose_name, "" if text is None else str(text)))
        return shown

    # What a complete file leaves out --------------------------------------------------------------

    def _end_others(self) -> None:
        """Holders and places of posts that the file does not name, up to the day before."""
        others = [post for slug, post in self.posts.by_slug.items() if slug not in self.line_of]
        rules: dict[int, list[Responsibility]] = {}
        rows = Responsibility.objects.overlapping(self.on, None).filter(post__in=others)
        for rule in rows.select_related("post__agency", "area__parent", "topic"):
            rules.setdefault(rule.post_id, []).append(rule)
        last = self.on - ONE_DAY
        for post in others:
            edits = staffing.end_tenures(post.tenures.all(), last_day=last)
            own = rules.get(post.pk, [])
            changes = [
                responsibilities.delete(rule)
                if rule.valid_from is not None and rule.valid_from > last
                else responsibilities.update(rule, valid_until=last)
                for rule in own
            ]
            if not edits and not changes:
                continue
            self.found.edit(edits, None)
            for change in changes:
                self.found.change(change, None)
            places = ", ".join(Row.of(rule).place_label for rule in own)
            pairs = [(_("last day"), None, last), (_("places"), places, "")]
            self.found.ended.append(Line(None, self.posts.label(post), differences(pairs)))


def _held(post: Post, on: dt.date) -> list[Tenure]:
    return [t for t in post.tenures.all() if in_force(t.valid_from, t.valid_until, on)]


def _names(tenures: Iterable[Tenure]) -> list[str]:
    return [tenure.person.name for tenure in tenures]


def _folded(names: Iterable[str]) -> str:
    return " ".join(sorted(filter(None, (search_keys(name)[0] for name in names))))


def _offices(agency: Agency) -> dict[str, list[Office]]:
    """The offices of the agency that are in use, by key and by address."""
    found: dict[str, list[Office]] = {}
    for office in Office.objects.filter(agency=agency, archived_on__isnull=True):
        for text in {search_keys(office.slug)[0], search_keys(str(office))[0]}:
            found.setdefault(text, []).append(office)
    return found
