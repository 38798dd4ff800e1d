"""Agencies, offices, posts, people and topics: the pages on which an editor spends the day."""

from http import HTTPStatus

from babel import Locale
from django import forms
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
from contacts.admin.scoped import NeverDeleted, ScopedAdmin, ScopedInline, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.admin.staffing_pages import PersonPages, PostPages
from contacts.labels import holder_names, post_label
from contacts.models import (
    Absence,
    Agency,
    Area,
    Office,
    OpeningHours,
    Person,
    Post,
    Responsibility,
    SpokenLanguage,
    Tenure,
    Topic,
)
from contacts.names import search_keys
from contacts.published import in_force
from contacts.rehearsal import rehearsing
from contacts.spoken import language_name
from portal import clock


@admin.register(Agency)
class AgencyAdmin(NeverDeleted, FoldedSearch, ScopedTranslatableAdmin):
    task = "contacts"
    rank = 5
    list_display = ["__str__", "area_label", "phone", "email", "is_at_work"]
    search_fields = ["translations__name", "translations__area_label", "short_name", "email"]
    autocomplete_fields = ["districts"]
    settled_fields = ("slug",)
    superuser_fields = ("districts", "state", "started_on", "ended_on")
    fieldsets = [
        (
            _("What it is called"),
            {"fields": ["name", "area_label", "short_name", "parent_body", "department"]},
        ),
        (
            _("Central contact"),
            {
                "fields": ["phone", "email", "fax", "website"],
                "description": _("Shown wherever nobody else is responsible or can be reached."),
            },
        ),
        (_("What it does"), {"fields": ["summary", "tasks", "funding_notice"]}),
        (
            _("Where and since when"),
            {"fields": ["districts", "state", ("started_on", "ended_on")]},
        ),
        (_("Look and address of its pages"), {"fields": ["accent", "slug"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("translations")

    def has_add_permission(self, request) -> bool:
        return request.user.is_superuser and self.may_look(request)

    def choices_for(self, model, request):
        choices = super().choices_for(model, request)
        return choices.filter(kind=Area.Kind.DISTRICT) if model is Area else choices

    @admin.display(description=_("region"))
    def area_label(self, agency: Agency) -> str:
        return agency.safe_translation_getter("area_label", default="", any_language=True)

    @admin.display(description=_("at work"), boolean=True)
    def is_at_work(self, agency: Agency) -> bool:
        return in_force(agency.started_on, agency.ended_on, clock.today())


class OpeningHoursInline(ScopedInline):
    model = OpeningHours
    fields = ["weekday", "opens", "closes"]


@admin.register(Office)
class OfficeAdmin(Archivable, NeverDeleted, FoldedSearch, ScopedTranslatableAdmin):
    task = "contacts"
    rank = 4
    list_display = ["__str__", "building", "phone", "by_appointment", "step_free", "agency"]
    list_filter = [InUseFilter, AgencyFilter, "by_appointment", "step_free"]
    search_fields = ["city", "street", "postal_code", "building", "translations__name", "phone"]
    inlines = [OpeningHoursInline]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (
            _("Where people come to"),
            {"fields": ["name", "building", "street", ("postal_code", "city"), "phone"]},
        ),
        (
            _("Getting in"),
            {"fields": ["by_appointment", "hours_note", "step_free", "access_note"]},
        ),
        (
            _("Where letters go"),
            {
                "fields": ["postal_street", ("postal_postal_code", "postal_city")],
                "description": _("Only where letters go to another address."),
            },
        ),
        (_("Belongs to"), {"fields": ["agency", "slug"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")


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


def language_choices() -> list[tuple[str, str]]:
    """Every language with a code of two or three letters, by its name in the user's language."""
    codes = (code for code in Locale("en").languages if code.isalpha() and len(code) <= 3)
    named = ((code, language_name(code)) for code in codes)
    return sorted(named, key=lambda choice: search_keys(choice[1]))


class SpokenLanguageInline(ScopedInline):
    model = SpokenLanguage
    fields = ["code"]
    verbose_name_plural = _("Languages spoken with visitors")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "code":
            return forms.ChoiceField(
                label=db_field.verbose_name, choices=[("", "–"), *language_choices()]
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class AbsenceInline(ScopedInline):
    model = Absence
    fields = ["valid_from", "valid_until", "stand_in"]
    autocomplete_fields = ["stand_in"]
    verbose_name_plural = _("Absences (the reason is nobody's business)")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


@admin.register(Person)
class PersonAdmin(PersonPages, FoldedSearch, ScopedAdmin):
    task = "contacts"
    rank = 3
    list_display = ["name", "posts_today", "away", "agency"]
    list_filter = [AgencyFilter]
    search_fields = ["name", "tenures__post__translations__title"]
    inlines = [AbsenceInline, SpokenLanguageInline]
    settled_fields = ("agency",)
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "agency"],
                "description": _(
                    "Telephone, mailbox and towns belong to the post, so that they stay when a "
                    "colleague leaves."
                ),
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """Only who sees all accounts can connect one."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            title, options = fieldsets[0]
            fieldsets[0] = (title, {**options, "fields": [*options["fields"], "user"]})
        return fieldsets

    def get_queryset(self, request):
        tenures = Tenure.objects.select_related("post").prefetch_related("post__translations")
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related(
            "agency__translations", "absences", Prefetch("tenures", tenures)
        )

    @admin.display(description=_("holds"))
    def posts_today(self, person: Person) -> str:
        today = clock.today()
        return ", ".join(
            str(tenure.post)
            for tenure in person.tenures.all()
            if in_force(tenure.valid_from, tenure.valid_until, today)
        )

    @admin.display(description=_("away today"), boolean=True)
    def away(self, person: Person) -> bool:
        today = clock.today()
        return any(
            in_force(absence.valid_from, absence.valid_until, today)
            for absence in person.absences.all()
        )


@admin.register(Topic)
class TopicAdmin(FoldedSearch, ScopedTranslatableAdmin):
    """Topics are shared by all agencies, so one agency alone cannot rename them."""

    task = "contacts"
    rank = 6
    list_display = ["__str__", "slug"]
    search_fields = ["translations__name", "slug"]
    settled_fields = ("slug",)
    fieldsets = [(None, {"fields": ["name", "slug"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("translations")

    def may_change(self, request, obj=None) -> bool:
        return request.user.is_superuser and self.may_look(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        """A topic that posts name stays: deleting it would take it from them without a word."""
        is_used = isinstance(obj, Topic) and obj.posts.exists()  # else one of its translations
        return super().has_delete_permission(request, obj) and not is_used
