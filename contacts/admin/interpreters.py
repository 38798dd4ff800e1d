"""Pools of interpreters in the administration: the public page, and who interprets.

Who interprets is seen by the desk of the pool and the agency's administration alone.
"""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import spoken
from contacts.admin.filters import AgencyFilter, FirstAnswerFilter
from contacts.admin.interpreter_forms import InterpreterForm, PoolForm
from contacts.admin.scoped import ScopedAdmin, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.admin.unnamed import Unnamed
from contacts.interpreting import members, statistics
from contacts.models import Interpreter, InterpreterPool
from contacts.models.interpreters import DESK, WHOLE_AGENCY, pools_run_by
from contacts.spoken import language_name
from portal.admin_filters import OfferedFilter


def names_of(codes) -> str:
    return ", ".join(sorted((language_name(code) for code in codes), key=str.casefold))


def runs_a_pool(request: HttpRequest) -> bool:
    """Whether the user sees who interprets for some pool; asked once per request."""
    if not hasattr(request, "_runs_a_pool"):
        user = request.user
        is_boss = user.is_active and user.is_staff and user.is_superuser
        request._runs_a_pool = is_boss or pools_run_by(user).exists()
    return request._runs_a_pool


# Pools --------------------------------------------------------------------------------------------


@admin.register(InterpreterPool)
class InterpreterPoolAdmin(FoldedSearch, ScopedTranslatableAdmin):
    form = PoolForm
    task = "contacts"
    rank = 7
    list_display = ["__str__", "run_by", "spoken", "agency"]
    list_filter = [AgencyFilter]
    search_fields = ["translations__name", "run_by", "slug"]
    settled_fields = ("slug", "agency")
    readonly_fields = ["at_work"]
    fieldsets = [
        (gettext_lazy("What everybody reads"), {"fields": ["name", "summary", "terms", "run_by"]}),
        (gettext_lazy("Languages"), {"fields": ["languages", "one_more", "at_work"]}),
        (
            gettext_lazy("Where enquiries come to"),
            {"fields": ["post", "started_on", "agency", "slug"]},
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """Whoever only reads has nothing to choose."""
        found = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return found
        return [
            (title, {**options, "fields": [f for f in options["fields"] if f != "one_more"]})
            for title, options in found
        ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("name",)}  # a method: the name is a translated one

    @admin.display(description=gettext_lazy("languages"))
    def spoken(self, pool: InterpreterPool) -> str:
        return names_of(pool.languages)

    @admin.display(description=gettext_lazy("spoken by interpreters at work"))
    def at_work(self, pool: InterpreterPool) -> str:
        """Languages alone: who speaks them, editors do not see."""
        if pool.pk is None:
            return "–"
        spoken_now = members.languages_at_work(pool)
        said = [f"{names_of(spoken_now)}." if spoken_now else _("Nobody is at work yet.")]
        missing = names_of(set(spoken_now) - set(pool.languages))
        unspoken = names_of(set(pool.languages) - set(spoken_now))
        if missing:
            said.append(_("Missing above: %(languages)s.") % {"languages": missing})
        if unspoken:
            words = {"languages": unspoken}
            said.append(_("Named above, but nobody speaks: %(languages)s.") % words)
        return " ".join(said)

    def has_delete_permission(self, request, obj=None) -> bool:
        """A pool with interpreters or talks stays: the numbers need it."""
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        pool = getattr(obj, "master", obj)
        return not (pool.members.exists() or pool.assignments.exists())


# Interpreters -------------------------------------------------------------------------------------


class AtWorkFilter(FirstAnswerFilter):
    title = gettext_lazy("at work")
    parameter_name = "work"
    answers = (
        ("now", gettext_lazy("at work")),
        ("not", gettext_lazy("not at work")),
        ("all", gettext_lazy("all")),
    )

    def pick(self, queryset, answer, today):
        return queryset.filter(is_active=answer == "now")


class SpeaksFilter(OfferedFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        rows = Interpreter.objects.visible_to(request.user).values_list("languages", flat=True)
        return spoken.choices({code for codes in rows for code in codes})

    def pick(self, queryset, key):
        # In Python: SQLite cannot look into a list. A pool has some dozens of people.
        rows = Interpreter.objects.values_list("pk", "languages")
        return queryset.filter(pk__in=[pk for pk, codes in rows if key in codes])


@admin.register(Interpreter)
class InterpreterAdmin(FoldedSearch, Unnamed, ScopedAdmin):
    form = InterpreterForm
    changed_by = DESK | WHOLE_AGENCY
    task = "contacts"
    rank = 8
    list_display = ["name", "spoken", "phone", "email", "talks", "is_active", "pool"]
    list_filter = [SpeaksFilter, AtWorkFilter]
    search_fields = ["name", "email", "notes"]
    settled_fields = ("pool",)
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "email", "phone", "pool", "is_active"],
                "description": gettext_lazy(
                    "The desk of the pool and the agency's administration see this, nobody else. "
                    "Whoever has an e-mail address is asked by mail."
                ),
            },
        ),
        (gettext_lazy("Interprets"), {"fields": ["languages", "one_more", "notes"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("pool__agency")
        counted = Count("assignments", filter=Q(assignments__state__in=statistics.FOUND))
        return found.annotate(talk_number=counted).prefetch_related("pool__translations")

    def may_look(self, request) -> bool:
        return runs_a_pool(request)

    def may_change(self, request, obj=None) -> bool:
        """Whoever sees a row may change it."""
        return runs_a_pool(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "pool":
            pools = pools_run_by(request.user).prefetch_related("translations")
            kwargs["queryset"] = pools
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        pools = list(pools_run_by(request.user).values_list("pk", flat=True)[:2])
        return {"pool": pools[0], **initial} if len(pools) == 1 else initial

    @admin.display(description=gettext_lazy("languages"))
    def spoken(self, interpreter: Interpreter) -> str:
        return names_of(interpreter.languages)

    @admin.display(description=gettext_lazy("talks"), ordering="talk_number")
    def talks(self, interpreter: Interpreter) -> int:
        return interpreter.talk_number

    def delete_view(self, request, object_id, extra_context=None):
        found = self.get_object(request, object_id)
        try:
            members.refuse_needed(found)
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
            address = reverse("admin:contacts_interpreter_change", args=[found.pk])
            return HttpResponseRedirect(address)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, obj) -> None:
        members.remove(obj, by=request.user)

    def label_in_journal(self, interpreter: Interpreter) -> str:
        return str(interpreter.pool)
