"""Cases that may be the same as another one: a hint for people, who look at both and decide.

Same agency, and then the same applicant, the same account, or the same place with overlapping days
and a similar title. The database narrows it down; names and titles are compared here, since no
database folds "Müller" and "MUELLER" alike. At most `MOST` candidates for each reason are read.
"""

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from contacts.names import search_keys
from projects.models import Application, Payout
from projects.states import ApplicationState

MOST = 200  # candidates that are compared
SHOWN = 10
ALIKE = 85  # per cent of a title
_PLAIN = re.compile(r"[A-Za-z]{3,}")  # what is written alike in every spelling of a name
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Duplicate:
    """Another case, and in words why it may be the same."""

    case: Application
    reasons: list[str]


def of(application: Application, *, user) -> list[Duplicate]:
    """Other cases that `user` sees and that may be the same, the newest first; three queries."""
    rows = Application.objects.visible_to(user).filter(agency=application.agency_id)
    rows = rows.exclude(pk=application.pk).exclude(state=ApplicationState.DRAFT)
    rows = rows.select_related("call").prefetch_related("call__translations").order_by("-pk")
    found: dict[int, Duplicate] = {}
    for reason, cases in (
        (_("same applicant"), _same_name(application, rows)),
        (_("same account"), _same_account(application, rows)),
        (_("same place and days, similar title"), _same_project(application, rows)),
    ):
        for case in cases:
            found.setdefault(case.pk, Duplicate(case, [])).reasons.append(reason)
    order = sorted(found.values(), key=lambda each: (-len(each.reasons), -each.case.pk))
    return order[:SHOWN]


def _same_name(application: Application, rows: QuerySet) -> list[Application]:
    plain = max(_PLAIN.findall(application.applicant_name), key=len, default="")
    words = {plain} if plain else set(_WORD.findall(application.applicant_name)[:1])
    if not words:
        return []
    wanted = _folded(application.applicant_name)
    candidates = rows.filter(applicant_name__icontains=words.pop())[:MOST]
    return [case for case in candidates if wanted & _folded(case.applicant_name)]


def _same_account(application: Application, rows: QuerySet) -> list[Application]:
    ibans = Payout.objects.filter(grant__application=application).values("iban")
    others = Payout.objects.filter(iban__in=ibans).values("grant__application")
    return list(rows.filter(pk__in=others)[:MOST])


def _same_project(application: Application, rows: QuerySet) -> list[Application]:
    if None in (application.area_id, application.starts_on, application.ends_on):
        return []
    candidates = rows.filter(
        area=application.area_id,
        starts_on__lte=application.ends_on,
        ends_on__gte=application.starts_on,
    )[:MOST]
    wanted = _plain(application.title)
    return [case for case in candidates if wanted and _alike(wanted, _plain(case.title)) >= ALIKE]


def _alike(one: str, other: str) -> float:
    """In per cent, whatever the order of the words, or wherever they are joined."""
    joined = fuzz.ratio(one.replace(" ", ""), other.replace(" ", ""))
    return max(joined, fuzz.token_sort_ratio(one, other))


def _folded(name: str) -> set[str]:
    """A name in its spellings, whatever the order of its words: "Haddad, Amal" is "Amal Haddad"."""
    words = _WORD.findall(name)
    spellings = zip(*(search_keys(word) for word in words), strict=True)
    return {" ".join(sorted(spelling)) for spelling in spellings if any(spelling)}


def _plain(title: str) -> str:
    return " ".join(search_keys(word)[0] for word in _WORD.findall(title))
