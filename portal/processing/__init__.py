"""What the site stores about people, field by field, and why: one registry, three readers.

The privacy notice (Articles 13 and 14 GDPR) and the record of processing (Article 30) are made from
it, and a test fails on a field that stands neither in an activity nor among what is about things.
Each app registers its part in `ready()`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Basis(Enum):
    """The legal basis of an activity, as it is named to people. Source: Articles 6 and 88 GDPR.

    Each is to be confirmed by the data protection officer of the office.
    """

    PUBLIC_TASK = _(
        "Article 6 (1) (e) GDPR: a task in the public interest, with the data protection act of "
        "the state"
    )
    EMPLOYMENT = _("Article 88 GDPR: employment, with the data protection act of the state")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One purpose for which the site stores data about people.

    `name` is what the record calls it, `situation` how the notice addresses those it is about, and
    `notice` what they read there. `kept` says in sentences how long, with the periods that the jobs
    keep to (`jobs` names them). `fields` has the names of the fields that say something about a
    person by the label of their table; the dates, choices and numbers of such a row belong to it.
    `words` has better ones for people than a field's own, by table and field, "" for none. `kinds`
    names what of it people get as a copy (`portal.privacy`).
    """

    key: str
    name: Text
    situation: Text
    people: Text
    purpose: Text
    notice: Text
    recipients: Text
    basis: Basis
    kept: Callable[[], list[str]]
    fields: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()

    def data(self) -> list[str]:
        """What is stored, in the words of the forms; keys and digests have no words."""
        labels = [
            self.words.get(f"{table}.{name}", _label(table, name))
            for table, names in self.fields.items()
            for name in names.split()
        ]
        return list(dict.fromkeys(str(label) for label in labels if label))


def _label(table: str, name: str) -> Text:
    """How forms call the field; "" for one that no form has, and for a link to another row."""
    field = apps.get_model(table)._meta.get_field(name)
    is_in_words = isinstance(field.verbose_name, Promise) and not field.is_relation
    return field.verbose_name if is_in_words else ""


_activities: dict[str, Activity] = {}
_things: dict[str, frozenset[str]] = {}


def register(*activities: Activity, things: Mapping[str, str]) -> None:
    """Add what an app stores: activities about people, and by table its fields about `things`."""
    for activity in activities:
        _activities[activity.key] = activity
    for table, names in things.items():
        _things[table] = frozenset(names.split())


def activities() -> list[Activity]:
    """All of them, as they were registered."""
    return list(_activities.values())


def about_things() -> dict[str, frozenset[str]]:
    """By the label of a table: the names of fields that say nothing about a person."""
    return dict(_things)


def about_people() -> dict[str, frozenset[str]]:
    """By the label of a table: the names of fields that some activity answers for."""
    found: dict[str, set[str]] = {}
    for activity in activities():
        for table, names in activity.fields.items():
            found.setdefault(table, set()).update(names.split())
    return {table: frozenset(names) for table, names in found.items()}
