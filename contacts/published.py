"""What public pages know of agencies, offices, posts, people and rules: frozen, without a query.

The objects of one `contacts.snapshot.Snapshot` refer to each other directly and are shared by all
threads. All dates are local (Europe/Berlin) and inclusive; None is unknown or open.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.urls import reverse

from contacts.models import LegalDetails, Post
from contacts.places import Place
from portal.texts import Text


def in_force(valid_from: dt.date | None, valid_until: dt.date | None, on: dt.date) -> bool:
    """Whether a span with inclusive local dates (None: open) holds on the day `on`."""
    return (valid_from is None or valid_from <= on) and (valid_until is None or on <= valid_until)


@dataclass(frozen=True, eq=False)
class AgencyView:
    id: int
    slug: str
    name: Text
    area_label: Text
    summary: Text
    tasks: Text
    network: Text
    funding_notice: Text
    short_name: str
    parent_body: str
    department: str
    phone: str
    fax: str
    email: str
    website: str
    integreat_url: str
    started_on: dt.date | None
    ended_on: dt.date | None
    state: str
    accent: str
    districts: tuple[Place, ...]
    legal: LegalDetails | None = field(repr=False)

    def is_finished(self, on: dt.date) -> bool:
        return self.ended_on is not None and self.ended_on < on

    def get_absolute_url(self) -> str:
        return reverse("contacts:agency", args=[self.slug])


@dataclass(frozen=True, eq=False)
class Hours:
    """One span of one weekday (1 is Monday); local time, `closes` is no longer open."""

    weekday: int
    opens: dt.time
    closes: dt.time


@dataclass(frozen=True, eq=False)
class OfficeView:
    id: int
    slug: str
    agency: AgencyView
    name: Text
    hours_note: Text
    access_note: Text
    building: str
    street: str
    postal_code: str
    city: str
    postal_street: str
    postal_postal_code: str
    postal_city: str
    phone: str
    by_appointment: str
    step_free: str
    hours: tuple[Hours, ...]
    archived_on: dt.date | None

    def hours_on(self, day: dt.date) -> tuple[Hours, ...]:
        return tuple(span for span in self.hours if span.weekday == day.isoweekday())

    def is_open(self, moment: dt.datetime) -> bool | None:
        """Whether the office is open at the local `moment`; None when no hours are recorded."""
        if not self.hours:
            return None
        return any(
            span.opens <= moment.time() < span.closes for span in self.hours_on(moment.date())
        )

    def get_absolute_url(self) -> str:
        return reverse("contacts:office", args=[self.slug])


@dataclass(frozen=True, eq=False)
class AbsenceView:
    valid_from: dt.date
    valid_until: dt.date | None
    stand_in_id: int | None


@dataclass(frozen=True, eq=False)
class PersonView:
    id: int
    name: str
    languages: tuple[str, ...]
    absences: tuple[AbsenceView, ...]

    def absence(self, on: dt.date) -> AbsenceView | None:
        return next((a for a in self.absences if in_force(a.valid_from, a.valid_until, on)), None)


@dataclass(frozen=True, eq=False)
class TenureView:
    person: PersonView
    valid_from: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True, eq=False)
class PostView:
    """A post with all its holders. `doubted` names the contact fields with an open doubt."""

    id: int
    slug: str
    agency: AgencyView
    office: OfficeView | None
    title: Text
    abbreviation: str
    provider: str
    room: str
    phone: str
    phone_alternative: str
    fax: str
    email: str
    staffing: str
    deputy_id: int | None
    leads: bool
    rank: int
    topic_ids: frozenset[int]
    tenures: tuple[TenureView, ...]
    doubted: frozenset[str]
    confirmed_on: dt.date | None
    archived_on: dt.date | None

    @property
    def is_filled(self) -> bool:
        return self.staffing == Post.Staffing.FILLED and self.archived_on is None

    def holders(self, on: dt.date) -> tuple[PersonView, ...]:
        """Who holds the post on the day `on`; empty when nobody is recorded."""
        if not self.is_filled:
            return ()
        return tuple(t.person for t in self.tenures if in_force(t.valid_from, t.valid_until, on))

    @property
    def sure_phone(self) -> str:
        return "" if "phone" in self.doubted else self.phone

    @property
    def sure_email(self) -> str:
        return "" if "email" in self.doubted else self.email

    def get_absolute_url(self) -> str:
        return reverse("contacts:post", args=[self.slug])


@dataclass(frozen=True, eq=False)
class TopicView:
    id: int
    slug: str
    name: Text

    def get_absolute_url(self) -> str:
        return reverse("contacts:topic", args=[self.slug])


@dataclass(frozen=True, eq=False)
class Rule:
    """A `Responsibility`; dates are local and inclusive, None is unknown or open."""

    id: int
    post: PostView
    area: Place
    topic_id: int | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    joint: bool
