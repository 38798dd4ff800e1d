"""Posts and who holds them: the page on which an editor spends the day."""

from http import HTTPStatus

from django.contrib import admin
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contacts.admin.archiving import Archivable
from contacts.admin.confirming import Confirmable
from contacts.admin.filters import AgencyFilter, InUseFilter, PostQuestionFilter
from contacts.admin.preview import forget_messages, preview, wants_preview
from contacts.admin.rule_forms import DroppingFormSet
from contacts.admin.rules import RefusalsInWords, RuleInline, save_rules, tell_vanished
from contacts.admin.scoped import NeverDeleted, ScopedInline, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.admin.staffing_pages import PostPages
from contacts.labels import holder_names, post_label
from contacts.models import (
    Post,
    Responsibility,
    Tenure,
)
from contacts.published import in_force
from contacts.rehearsal import rehearsing
from portal import clock


class TenureFormSet(DroppingFormSet):
    """Rows of one form are compared with each other as they stand in the form, not as stored."""

    def clean(self) -> None:
        super().clean()
        kept: list[Tenure] = []
        for form in self.forms:
            row = getattr(form, "cleaned_data", None)
            if not row or self._should_delete_form(form) or not row.get("person"):
                continue
            if any(
                other.person_id == form.instance.person_id and form.instance.overlaps(other)
                for other in kept
            ):
                form.add_error(
                    "person", _("This person holds this post on some of these days already.")
                )
            kept.append(form.instance)


class TenureInline(ScopedInline):
    model = Tenure
    formset = TenureFormSet
    fields = ["person", "valid_from", "valid_until"]
    autocomplete_fields = ["person"]
    extra = 1
    verbose_name_plural = _("Who holds this post")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person", "post")


@admin.register(Post)
class PostAdmin(
    Archivable,
    Confirmable,
    PostPages,
    RefusalsInWords,
    NeverDeleted,
    FoldedSearch,
    ScopedTranslatableAdmin,
):
    task = "contacts"
    rank = 1
    list_display = [
        "__str__",
        "holders",
        "towns",
        "staffing",
        "phone",
        "confirmed_on",
        "agency",
    ]
    actions = ["confirm_selected"]
    list_filter = [PostQuestionFilter, InUseFilter, AgencyFilter, "staffing"]
    search_fields = [
        "translations__title",
        "abbreviation",
        "tenures__person__name",
        "office__city",
        "room",
        "phone",
        "phone_alternative",
        "email",
    ]
    search_help_text = _("Title, name of a holder, town of the office, telephone or e-mail")
    autocomplete_fields = ["office", "deputy", "topics"]
    inlines = [TenureInline, RuleInline]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (
            _("How to reach this post"),
            {"fields": [("phone", "phone_alternative"), "email", "fax", ("office", "room")]},
        ),
        (
            _("What it is called and does"),
            {"fields": ["title", "abbreviation", "topics", "leads", "provider"]},
        ),
        (_("Who answers"), {"fields": ["staffing", "deputy"]}),
        (_("Checked"), {"fields": ["confirmed_on"]}),
        (_("Belongs to"), {"fields": ["agency", "rank", "slug"]}),
    ]

    def get_queryset(self, request):
        rules = Responsibility.objects.current(clock.today()).filter(post=OuterRef("pk"))
        count = rules.order_by().values("post").annotate(number=Count("pk")).values("number")
        return (
            super()
            .get_queryset(request)
            .select_related("agency", "office")
            .prefetch_related(
                "translations",
                "agency__translations",
                Prefetch("tenures", Tenure.objects.select_related("person")),
            )
            .annotate(town_count=Coalesce(Subquery(count), 0))
        )

    def choice_label(self, post: Post) -> str:
        return post_label(post, on=clock.today())

    @admin.display(description=_("held by"))
    def holders(self, post: Post) -> str:
        return holder_names(post, on=clock.today())

    @admin.display(description=_("places today"), ordering="town_count")
    def towns(self, post: Post) -> int:
        return post.town_count

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        """With a preview: the form is saved, the public page rendered, and all rolled back."""
        if request.method != "POST" or not wants_preview(request):
            return super().changeform_view(request, object_id, *args, **kwargs)
        with rehearsing():
            answer = super().changeform_view(request, object_id, *args, **kwargs)
            is_saved = answer.status_code == HTTPStatus.FOUND
            if is_saved and answer.url != request.get_full_path():  # that would be a refusal
                forget_messages(request)
                return preview(request, default=clock.today())
        return answer

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            today = clock.today()
            context |= {
                "on": today,
                "pages": [(obj.get_absolute_url(), str(obj))],
                "holders": [
                    tenure.person
                    for tenure in obj.tenures.all()
                    if in_force(tenure.valid_from, tenure.valid_until, today)
                ],
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_formset(self, request, form, formset, change) -> None:
        if formset.model is Responsibility:
            save_rules(self, request, formset)
        else:
            super().save_formset(request, form, formset, change)
        tell_vanished(request, formset)
