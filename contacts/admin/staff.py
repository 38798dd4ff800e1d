"""Who does what for an agency, and what the law wants to read about it."""

import datetime as dt

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from contacts.admin.search import FoldedSearch
from contacts.labels import post_label
from contacts.models import Area, LegalDetails, Post, Publication, StaffRole, Topic
from contacts.roles import Role, agencies_of
from portal import clock
from portal.models import User


@admin.register(StaffRole)
class StaffRoleAdmin(FoldedSearch, ScopedAdmin):
    """For agency administrators and superusers; nobody else sees it."""

    task = "access"
    rank = 1
    changed_by = frozenset({Role.AGENCY_ADMIN})
    list_display = ["user", "role", "agency"]
    list_filter = ["role", AgencyFilter]
    list_select_related = ["user", "agency"]
    search_fields = ["user__name", "user__email"]
    settled_fields = ("user", "agency")
    fieldsets = [(None, {"fields": ["user", "agency", "role"]})]

    def may_look(self, request) -> bool:
        return super().may_look(request) and (
            request.user.is_superuser or bool(agencies_of(request.user, self.changed_by))
        )

    def get_queryset(self, request):
        found = super().get_queryset(request).prefetch_related("agency__translations")
        if request.user.is_superuser:
            return found
        return found.of_agencies(agencies_of(request.user, self.changed_by))

    def choices_for(self, model, request):
        """An agency administrator gives roles to colleagues; a superuser brings in new ones."""
        if model is User and not request.user.is_superuser:
            agencies = agencies_of(request.user, self.changed_by)
            return User.objects.filter(staff_roles__agency__in=agencies).distinct()
        return super().choices_for(model, request)


@admin.register(LegalDetails)
class LegalDetailsAdmin(ScopedAdmin):
    task = "access"
    rank = 2
    list_display = ["agency", "body_name", "missing_facts", "conformity", "statement_on"]
    list_select_related = ["agency"]
    settled_fields = ("agency",)
    fieldsets = [
        (
            _("Imprint"),
            {
                "fields": [
                    "agency",
                    "body_name",
                    "legal_form",
                    "representative",
                    "street",
                    ("postal_code", "city"),
                    ("phone", "email"),
                    "supervisory_authority",
                    "editorial_responsible",
                ]
            },
        ),
        (_("Data protection"), {"fields": ["data_protection_officer", "data_protection_email"]}),
        (
            _("Accessibility"),
            {
                "fields": [
                    "accessibility_email",
                    "conformity",
                    ("assessed_on", "method"),
                    "known_barriers",
                    "statement_on",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agency__translations")

    @admin.display(description=_("missing"))
    def missing_facts(self, details: LegalDetails) -> str:
        names = (details._meta.get_field(name).verbose_name for name in details.missing())
        return ", ".join(str(name) for name in names)


@admin.register(Publication)
class PublicationAdmin(ReadOnly, ScopedAdmin):
    """The log of responsibilities: what was so before, and what after."""

    rank = 1
    list_display = ["published_at", "published_by", "reason", "size", "agency"]
    list_filter = [AgencyFilter]
    list_select_related = ["agency", "published_by"]
    date_hierarchy = "published_at"
    readonly_fields = ["rows_before", "rows_after"]
    fieldsets = [
        (None, {"fields": ["published_at", "published_by", "agency", "reason"]}),
        (_("What has changed"), {"fields": ["rows_before", "rows_after"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agency__translations")

    @admin.display(description=_("rules"))
    def size(self, publication: Publication) -> int:
        return len({row["id"] for row in (*publication.before, *publication.after)})

    @admin.display(description=_("before"))
    def rows_before(self, publication: Publication) -> str:
        return in_words(publication.before)

    @admin.display(description=_("after"))
    def rows_after(self, publication: Publication) -> str:
        return in_words(publication.after)


def in_words(rows: list[dict]) -> str:
    """The rows of a publication, one a line, with today's names of places and posts."""
    areas = Area.objects.select_related("parent").in_bulk([row["area_id"] for row in rows])
    posts = (
        Post.objects.select_related("office")
        .prefetch_related("translations", "tenures__person")
        .in_bulk([row["post_id"] for row in rows])
    )
    topics = Topic.objects.prefetch_related("translations").in_bulk(
        [row["topic_id"] for row in rows if row["topic_id"]]
    )
    today = clock.today()
    lines = []
    for row in rows:
        place = str(areas.get(row["area_id"], "?"))
        if row["topic_id"]:
            place = f"{place} ({topics.get(row['topic_id'], '?')})"
        post = posts.get(row["post_id"])
        line = f"{place}: {post_label(post, on=today) if post else '?'}"
        if row["valid_from"] or row["valid_until"]:
            line += (
                f" · {in_local_format(row['valid_from'])} – {in_local_format(row['valid_until'])}"
            )
        lines.append(line.rstrip())
    return "\n".join(lines)


def in_local_format(day: str | None) -> str:
    return date_format(dt.date.fromisoformat(day), "SHORT_DATE_FORMAT") if day else ""
