"""The contacts that a report is about, as staff see them: read in a constant number of queries."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Q
from django.urls import reverse

from contacts.closing import subject_of
from contacts.coverage import municipality_ids
from contacts.labels import post_label
from contacts.models import Agency, Doubt, LegalDetails, Office, Person, Post, Tenure
from contacts.places import Place
from contacts.published import in_force
from contacts.quality.kinds import Finding, Kind
from contacts.snapshot import Snapshot


@dataclass(frozen=True)
class Stock:
    """The rows of some agencies; `scope` is None for all. What is archived is left out."""

    snapshot: Snapshot
    on: dt.date
    scope: frozenset[int] | None
    agencies: dict[int, Agency]
    offices: tuple[Office, ...]
    posts: tuple[Post, ...]
    people: tuple[Person, ...]
    tenures: tuple[Tenure, ...]
    doubts: tuple[Doubt, ...]
    closed_doubts: tuple[Doubt, ...]

    def is_at_work(self, agency_id: int) -> bool:
        ended_on = self.agencies[agency_id].ended_on
        return ended_on is None or ended_on >= self.on

    @cached_property
    def active_posts(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if self.is_at_work(post.agency_id))

    @cached_property
    def post_labels(self) -> dict[int, str]:
        return {post.pk: post_label(post, on=self.on) for post in self.posts}

    @cached_property
    def doubted(self) -> dict[tuple[str, int, str], Doubt]:
        """The open doubts on fields of contacts, by model, id and field."""
        return {key: doubt for doubt in self.doubts if (key := _field(doubt))}

    @cached_property
    def decided(self) -> frozenset[tuple[str, int, str]]:
        """The fields that hold what somebody has said to be right, by closing a doubt."""
        return frozenset(
            key
            for doubt in self.closed_doubts
            if (key := _field(doubt))
            and getattr(subject_of(doubt), doubt.field, None)
            in (doubt.value_used, doubt.other_value)
        )

    @staticmethod
    def can_be_reached(post: Post) -> bool:
        return bool(post.phone or post.phone_alternative or post.email or post.office_id)

    def is_asked_for(self, agencies: Iterable[int]) -> bool:
        return self.scope is None or not self.scope.isdisjoint(agencies)

    # Which look-ups are touched ------------------------------------------------------------------

    def reach_of_post(self, post_id: int) -> tuple[frozenset[int], int | None]:
        """The towns for which a post answers today, and the topic if that is the only one."""
        rules = [
            rule
            for rule in self.snapshot.rules_of_post.get(post_id, ())
            if in_force(rule.valid_from, rule.valid_until, self.on)
        ]
        topics = {rule.topic_id for rule in rules}
        return self.towns([rule.area for rule in rules]), topics.pop() if len(topics) == 1 else None

    def reach_of_posts(self, posts: Iterable[Post]) -> frozenset[int]:
        return frozenset().union(*(self.reach_of_post(post.pk)[0] for post in posts))

    def reach_of_office(self, office_id: int) -> frozenset[int]:
        return self.reach_of_posts(self._posts_of_office.get(office_id, ()))

    @cached_property
    def _posts_of_office(self) -> dict[int | None, list[Post]]:
        found: dict[int | None, list[Post]] = {}
        for post in self.posts:
            found.setdefault(post.office_id, []).append(post)
        return found

    def reach_of_agency(self, agency_id: int) -> frozenset[int]:
        return self.towns(self.snapshot.agencies[agency_id].districts)

    def towns(self, areas: Iterable[Place]) -> frozenset[int]:
        return municipality_ids(areas, self.snapshot)

    # Findings ------------------------------------------------------------------------------------

    def about_post(self, kind: Kind, post: Post, message: str, **more) -> Finding:
        places, topic_id = self.reach_of_post(post.pk)
        return Finding(
            kind=kind,
            agencies=frozenset({post.agency_id}),
            about=self.post_labels[post.pk],
            message=message,
            model="post",
            pk=post.pk,
            places=places,
            topic_id=topic_id,
            **{"url": change_url("post", post.pk, field=more.get("field", ""))} | more,
        )

    def about_office(self, kind: Kind, office: Office, message: str, **more) -> Finding:
        return Finding(
            kind=kind,
            agencies=frozenset({office.agency_id}),
            about=str(office),
            message=message,
            model="office",
            pk=office.pk,
            places=self.reach_of_office(office.pk),
            **{"url": change_url("office", office.pk, field=more.get("field", ""))} | more,
        )

    def about_agency(self, kind: Kind, agency: Agency, message: str, **more) -> Finding:
        return Finding(
            kind=kind,
            agencies=frozenset({agency.pk}),
            about=str(agency),
            message=message,
            model="agency",
            pk=agency.pk,
            **{
                "places": self.reach_of_agency(agency.pk),
                "url": change_url("agency", agency.pk, field=more.get("field", "")),
            }
            | more,
        )


def read(snapshot: Snapshot, *, on: dt.date, scope: frozenset[int] | None = None) -> Stock:
    """The contacts of the agencies in `scope` (ids; None: all) that the snapshot knows."""
    known = scope if scope is not None else frozenset(snapshot.agencies)
    own = frozenset(snapshot.agencies) & known
    agencies = Agency.objects.filter(pk__in=own).prefetch_related("translations")
    agencies = agencies.prefetch_related(Prefetch("legal", LegalDetails.objects.all()))
    offices = Office.objects.filter(agency__in=own, archived_on__isnull=True)
    posts = Post.objects.filter(agency__in=own, archived_on__isnull=True).select_related("office")
    tenures = Tenure.objects.select_related("person")
    people = Person.objects.filter(agency__in=own).order_by("name", "pk")
    held = Tenure.objects.filter(post__agency__in=own).select_related("person__user", "post")
    doubts = Doubt.objects.filter(Q(agency__in=own) | Q(agency__isnull=True))
    doubts = doubts.select_related(
        "post", "office", "agency", "area__parent", "responsibility__area__parent"
    ).prefetch_related("post__translations", "responsibility__post__translations")
    doubts = list(doubts.order_by("agency", "pk"))
    return Stock(
        snapshot=snapshot,
        on=on,
        scope=scope,
        agencies={agency.pk: agency for agency in agencies},
        offices=tuple(offices.prefetch_related("translations", "hours")),
        posts=tuple(posts.prefetch_related("translations", Prefetch("tenures", tenures))),
        people=tuple(people),
        tenures=tuple(held.prefetch_related("post__translations").order_by("pk")),
        doubts=tuple(doubt for doubt in doubts if doubt.closed_at is None),
        closed_doubts=tuple(doubt for doubt in doubts if doubt.closed_at is not None),
    )


def _field(doubt: Doubt) -> tuple[str, int, str] | None:
    about = subject_of(doubt)
    return (about._meta.model_name, about.pk, doubt.field) if about is not None else None


def change_url(model: str, pk: int, *, field: str = "", query: str = "") -> str:
    """The page on which a row is put right; the browser goes to `field` on it."""
    address = reverse(f"admin:contacts_{model}_change", args=[pk])
    return f"{address}{f'?{query}' if query else ''}{f'#id_{field}' if field else ''}"


def pairs(rows: Iterable) -> Iterator[tuple]:
    rows = list(rows)
    return ((one, other) for place, one in enumerate(rows) for other in rows[place + 1 :])
