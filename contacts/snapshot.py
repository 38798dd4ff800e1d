"""Agencies, offices, posts, people and rules as the public pages show them.

One `Snapshot` holds everything public of one data version as frozen objects, so that a page needs
no query and no page can change what another one shows. It is read through `visible_to` of the
anonymous visitor: what that leaves out cannot appear.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import AnonymousUser

from contacts.gazetteer import Gazetteer, gazetteers
from contacts.models import (
    Absence,
    Agency,
    Area,
    Doubt,
    LegalDetails,
    Office,
    OpeningHours,
    Person,
    Post,
    Responsibility,
    SpokenLanguage,
    Tenure,
    Topic,
)
from contacts.models.doubts import CONTACT_FIELDS
from contacts.places import Place
from contacts.published import (
    AbsenceView,
    AgencyView,
    Hours,
    OfficeView,
    PersonView,
    PostView,
    Rule,
    TenureView,
    TopicView,
    in_force,
)
from portal import data_version
from portal.data_version import PerVersion, Versions
from portal.texts import texts

PUBLIC = AnonymousUser()


@dataclass(frozen=True)
class Snapshot:
    """Everything public of one data version."""

    gazetteer: Gazetteer
    agencies: Mapping[int, AgencyView]
    offices: Mapping[int, OfficeView]
    posts: Mapping[int, PostView]
    topics: tuple[TopicView, ...]
    rules_of_area: Mapping[int, tuple[Rule, ...]]
    rules_of_post: Mapping[int, tuple[Rule, ...]]
    covering: Mapping[int, tuple[AgencyView, ...]] = field(default_factory=dict)

    def is_covered(self, place: Place) -> bool:
        return place.district.id in self.covering

    @cached_property
    def examples(self) -> tuple[str, str, str] | None:
        """What may be typed, from a district of the first agency by key that has no end."""
        pairs = [(agency, pk) for pk, group in self.covering.items() for agency in group]
        at_work = [(agency.slug, pk) for agency, pk in pairs if not agency.ended_on]
        return self.gazetteer.examples_in(min(at_work)[1]) if at_work else None

    def agency(self, slug: str) -> AgencyView | None:
        return next((a for a in self.agencies.values() if a.slug == slug), None)

    def office(self, slug: str) -> OfficeView | None:
        return next((o for o in self.offices.values() if o.slug == slug), None)

    def post(self, slug: str) -> PostView | None:
        return next((p for p in self.posts.values() if p.slug == slug), None)

    def topic(self, slug: str) -> TopicView | None:
        return next((t for t in self.topics if t.slug == slug), None)

    def posts_of(self, agency: AgencyView) -> tuple[PostView, ...]:
        """The posts of `agency` that are in use."""
        return tuple(
            post for post in self.posts.values() if post.agency is agency and not post.archived_on
        )

    def offices_of(self, agency: AgencyView) -> tuple[OfficeView, ...]:
        """The offices of `agency` that are in use."""
        return tuple(
            office
            for office in self.offices.values()
            if office.agency is agency and not office.archived_on
        )

    def areas_of(self, post: PostView, on: dt.date) -> tuple[Rule, ...]:
        """The rules of `post` in force on the day `on`, in the order of the alphabet."""
        rules = self.rules_of_post.get(post.id, ())
        current = (rule for rule in rules if in_force(rule.valid_from, rule.valid_until, on))
        return tuple(sorted(current, key=lambda rule: rule.area.sort_key))

    def open_offices(self, moment: dt.datetime) -> tuple[int, ...]:
        """The ids of the offices that are open at the local `moment`."""
        return tuple(office.id for office in self.offices.values() if office.is_open(moment))


def current(versions: Versions) -> Snapshot:
    """The snapshot of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def latest() -> Snapshot:
    """The snapshot of this moment; a request that shows several things takes `current` once."""
    return current(data_version.read())


def _build(versions: Versions) -> Snapshot:
    gazetteer = gazetteers.at(versions)
    agencies = _agencies(gazetteer)
    offices = _offices(agencies)
    posts = _posts(agencies, offices)
    rules = _rules(gazetteer, posts)
    by_area: dict[int, list[Rule]] = {}
    by_post: dict[int, list[Rule]] = {}
    for rule in rules:
        by_area.setdefault(rule.area.id, []).append(rule)
        by_post.setdefault(rule.post.id, []).append(rule)
    covering: dict[int, list[AgencyView]] = {}
    for agency in agencies.values():
        for district in agency.districts:
            covering.setdefault(district.id, []).append(agency)
    return Snapshot(
        gazetteer=gazetteer,
        agencies=agencies,
        offices=offices,
        posts=posts,
        topics=tuple(
            TopicView(topic.pk, topic.slug, texts(topic.translations.all(), "name"))
            for topic in Topic.objects.visible_to(PUBLIC).prefetch_related("translations")
        ),
        rules_of_area={key: tuple(value) for key, value in by_area.items()},
        rules_of_post={key: tuple(value) for key, value in by_post.items()},
        covering={key: tuple(value) for key, value in covering.items()},
    )


def _agencies(gazetteer: Gazetteer) -> dict[int, AgencyView]:
    districts: dict[int, list[Place]] = {}
    covered = Area.objects.filter(agencies__isnull=False).values_list("agencies__pk", "pk")
    for agency_id, area_id in covered.order_by("name"):
        districts.setdefault(agency_id, []).append(gazetteer.by_id[area_id])
    legal = {details.agency_id: details for details in LegalDetails.objects.visible_to(PUBLIC)}
    return {
        row.pk: AgencyView(
            id=row.pk,
            slug=row.slug,
            name=texts(row.translations.all(), "name"),
            area_label=texts(row.translations.all(), "area_label"),
            summary=texts(row.translations.all(), "summary"),
            tasks=texts(row.translations.all(), "tasks"),
            network=texts(row.translations.all(), "network"),
            funding_notice=texts(row.translations.all(), "funding_notice"),
            short_name=row.short_name,
            parent_body=row.parent_body,
            department=row.department,
            phone=row.phone,
            fax=row.fax,
            email=row.email,
            website=row.website,
            integreat_url=row.integreat_url,
            started_on=row.started_on,
            ended_on=row.ended_on,
            state=row.state,
            accent=row.accent,
            districts=tuple(districts.get(row.pk, ())),
            legal=legal.get(row.pk),
        )
        for row in Agency.objects.visible_to(PUBLIC).prefetch_related("translations")
    }


def _offices(agencies: Mapping[int, AgencyView]) -> dict[int, OfficeView]:
    hours: dict[int, list[Hours]] = {}
    for row in OpeningHours.objects.visible_to(PUBLIC):
        hours.setdefault(row.office_id, []).append(Hours(row.weekday, row.opens, row.closes))
    return {
        row.pk: OfficeView(
            id=row.pk,
            slug=row.slug,
            agency=agencies[row.agency_id],
            name=texts(row.translations.all(), "name"),
            hours_note=texts(row.translations.all(), "hours_note"),
            access_note=texts(row.translations.all(), "access_note"),
            building=row.building,
            street=row.street,
            postal_code=row.postal_code,
            city=row.city,
            postal_street=row.postal_street,
            postal_postal_code=row.postal_postal_code,
            postal_city=row.postal_city,
            phone=row.phone,
            by_appointment=row.by_appointment,
            step_free=row.step_free,
            hours=tuple(hours.get(row.pk, ())),
            archived_on=row.archived_on,
        )
        for row in Office.objects.visible_to(PUBLIC).prefetch_related("translations")
    }


def _people() -> dict[int, PersonView]:
    languages: dict[int, list[str]] = {}
    for person_id, code in SpokenLanguage.objects.visible_to(PUBLIC).values_list(
        "person_id", "code"
    ):
        languages.setdefault(person_id, []).append(code)
    absences: dict[int, list[AbsenceView]] = {}
    for row in Absence.objects.visible_to(PUBLIC):
        absences.setdefault(row.person_id, []).append(
            AbsenceView(row.valid_from, row.valid_until, row.stand_in_id)
        )
    return {
        row.pk: PersonView(
            row.pk,
            row.name,
            tuple(languages.get(row.pk, ())),
            tuple(absences.get(row.pk, ())),
        )
        for row in Person.objects.visible_to(PUBLIC)
    }


def _posts(
    agencies: Mapping[int, AgencyView], offices: Mapping[int, OfficeView]
) -> dict[int, PostView]:
    people = _people()
    tenures: dict[int, list[TenureView]] = {}
    for row in Tenure.objects.visible_to(PUBLIC):
        tenures.setdefault(row.post_id, []).append(
            TenureView(people[row.person_id], row.valid_from, row.valid_until)
        )
    doubted: dict[int, set[str]] = {}
    # Only that a field is doubted is public, not the doubt itself.
    open_doubts = Doubt.objects.open().filter(post__isnull=False, field__in=CONTACT_FIELDS)
    for post_id, name in open_doubts.values_list("post_id", "field"):
        doubted.setdefault(post_id, set()).add(name)
    rows = Post.objects.visible_to(PUBLIC).prefetch_related("translations", "topics")
    return {
        row.pk: PostView(
            id=row.pk,
            slug=row.slug,
            agency=agencies[row.agency_id],
            office=offices.get(row.office_id),
            title=texts(row.translations.all(), "title"),
            abbreviation=row.abbreviation,
            provider=row.provider,
            room=row.room,
            phone=row.phone,
            phone_alternative=row.phone_alternative,
            fax=row.fax,
            email=row.email,
            staffing=row.staffing,
            deputy_id=row.deputy_id,
            leads=row.leads,
            rank=row.rank,
            topic_ids=frozenset(topic.pk for topic in row.topics.all()),
            tenures=tuple(tenures.get(row.pk, ())),
            doubted=frozenset(doubted.get(row.pk, ())),
            confirmed_on=row.confirmed_on,
            archived_on=row.archived_on,
        )
        for row in rows
    }


def _rules(gazetteer: Gazetteer, posts: Mapping[int, PostView]) -> list[Rule]:
    return [
        Rule(
            row.pk,
            posts[row.post_id],
            gazetteer.by_id[row.area_id],
            row.topic_id,
            row.valid_from,
            row.valid_until,
            row.joint,
        )
        for row in Responsibility.objects.visible_to(PUBLIC).order_by("post__rank", "pk")
        if row.area_id in gazetteer.by_id
    ]


snapshots = PerVersion(_build, "places", "contacts")
