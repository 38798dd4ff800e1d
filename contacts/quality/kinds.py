"""What the report on contacts can find, and how bad that is."""

import enum
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(enum.IntEnum):
    """How much a finding matters, the worst first."""

    WRONG = 0  # people get a wrong answer, or none
    CHECK = 1  # somebody has to look at it
    KNOWN = 2  # nothing to do: it is so, and staff know


class Kind(models.TextChoices):
    """A kind of finding, in the order of the report."""

    OVERLAP = "overlap", _("Two posts answer for the same place")
    UNREACHABLE = "unreachable", _("Posts without any way to reach them")
    PHONE = "phone", _("Telephone and fax numbers that cannot be right")
    EMAIL = "email", _("E-mail addresses that are probably misspelt")
    DUPLICATE = "duplicate", _("The same thing twice")
    VACANT = "vacant", _("Vacant posts")
    FORMER = "former", _("Former holders without a last day")
    DOUBT = "doubt", _("Open doubts")
    HOURS = "hours", _("Offices without opening hours")
    UNCONFIRMED = "unconfirmed", _("Contacts not confirmed for a year")
    TRANSLATION = "translation", _("Translations older than their German text")
    LEGAL = "legal", _("Legal details missing")
    PLANNED = "planned", _("Planned posts")

    @property
    def severity(self) -> Severity:
        if self in (Kind.OVERLAP, Kind.UNREACHABLE, Kind.PHONE, Kind.EMAIL):
            return Severity.WRONG
        return Severity.KNOWN if self is Kind.PLANNED else Severity.CHECK


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something about the contacts that somebody has to look at.

    `agencies` are the ids of those that it concerns. `about` names the object, `message` is a
    sentence in the active language, `note` what a source or an editor has written about it. `model`
    and `pk` are the object's, `field` the field it is about, where there is one; `url` leads to
    the page of the administration on which it is put right. `places` are the ids of the towns whose
    look-ups it touches, with `topic_id` only those on that topic.
    """

    kind: Kind
    agencies: frozenset[int]
    about: str
    message: str
    model: str
    pk: int
    url: str
    field: str = ""
    note: str = ""
    places: frozenset[int] = frozenset()
    topic_id: int | None = None
