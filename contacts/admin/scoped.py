"""Who may see and change what in the administration: written once, for every class of it.

What a user sees is `visible_to(user)` of the model, in lists, forms, choices and suggestions alike;
another agency's rows do not exist (404). What a user may change follows from `contacts.roles`:
editors and agency administrators the rows of their agencies, superusers everything, the other
roles nothing. Django's own permissions and groups play no part.
"""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import BadRequest
from django.db import models
from django.forms import DateInput, ModelChoiceField, TimeInput
from django.http import Http404
from parler.admin import TranslatableAdmin
from parler.models import TranslatableModel

from contacts.admin.history import WithHistory
from contacts.admin.keys import OneOfMany, RowsField, SomeOfMany, is_key
from contacts.labels import post_label
from contacts.models import Agency, Post
from contacts.roles import EDITORS, agencies_of
from portal import clock
from portal.exports import Exportable
from portal.seen import SeenModelForm, SeenTranslatableForm


class Native(DateInput):
    """The browser's own date field: it speaks the user's language and needs no script of ours."""

    input_type = "date"

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class NativeTime(TimeInput):
    input_type = "time"

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, format="%H:%M")


class PostChoiceField(ModelChoiceField):
    def label_from_instance(self, obj) -> str:
        return post_label(obj, on=clock.today())


def agency_of(obj) -> int | None:
    """The id of the agency that `obj` belongs to, along the `agency_path` of its model."""
    *steps, last = obj.agency_path.split("__")
    for step in steps:
        obj = getattr(obj, step)
    return obj.pk if last == "pk" else getattr(obj, f"{last}_id")


class Scoped:
    """The rules of this module, for a `ModelAdmin` or an inline."""

    form = SeenModelForm
    changed_by = EDITORS
    formfield_overrides = {
        models.DateField: {"widget": Native},
        models.TimeField: {"widget": NativeTime},
        models.URLField: {"assume_scheme": "https"},  # for www.example.org
    }

    # Rows and choices ----------------------------------------------------------------------------

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def agencies_changed_by(self, request) -> models.QuerySet:
        """The agencies whose rows the user may change here."""
        if request.user.is_superuser and request.user.is_active:
            return Agency.objects.all()
        return Agency.objects.of_agencies(agencies_of(request.user, self.changed_by))

    def choices_for(self, model: type[models.Model], request) -> models.QuerySet:
        """What may be chosen in a form: only what the user may use there."""
        rows = model._default_manager.visible_to(request.user)
        if hasattr(model, "archived_on"):
            rows = rows.filter(archived_on__isnull=True)
        if model is Post:
            rows = rows.select_related("office").prefetch_related("translations", "tenures__person")
        elif issubclass(model, TranslatableModel):
            rows = rows.prefetch_related("translations")
        if request.user.is_superuser or not hasattr(model, "agency_path"):
            return rows
        return rows.of_agencies(agencies_of(request.user, self.changed_by))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", self.choices_for(db_field.remote_field.model, request))
        if db_field.remote_field.model is Post:
            kwargs.setdefault("form_class", PostChoiceField)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OneOfMany(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", self.choices_for(db_field.remote_field.model, request))
        kwargs.setdefault("form_class", RowsField)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SomeOfMany(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the small buttons beside a choice: they open windows that nobody asked for."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for verb in ("add", "change", "delete", "view"):
            if field is not None and hasattr(field.widget, f"can_{verb}_related"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field

    # Permissions ---------------------------------------------------------------------------------

    def may_look(self, request) -> bool:
        user = request.user
        return user.is_active and user.is_staff and (user.is_superuser or bool(agencies_of(user)))

    def may_change(self, request, obj=None) -> bool:
        """Whether the user may change `obj`, or, without one, anything at all here."""
        if not self.may_look(request):
            return False
        if request.user.is_superuser:
            return True
        agencies = agencies_of(request.user, self.changed_by)
        return bool(agencies) if obj is None else agency_of(obj) in agencies

    def has_view_permission(self, request, obj=None) -> bool:
        return self.may_look(request)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.may_change(request, obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return self.may_change(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.may_change(request, obj)

    # Forms ---------------------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        """With the hidden field of `portal.seen`, by which editors notice each other."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None or not self.has_change_permission(request, obj):
            return [
                (title, {**options, "fields": [f for f in options["fields"] if f != "seen"]})
                for title, options in fieldsets
            ]
        if fieldsets and "seen" not in flatten_fieldsets(fieldsets):
            title, options = fieldsets[0]
            fieldsets[0] = (title, {**options, "fields": [*options["fields"], "seen"]})
        return fieldsets


class ScopedAdmin(WithHistory, Exportable, Scoped, admin.ModelAdmin):
    """A page of the administration. `settled_fields` cannot be changed once a row exists.

    `superuser_fields` widen what an agency covers or come from official data: an editor reads them.
    """

    settled_fields: tuple[str, ...] = ()
    superuser_fields: tuple[str, ...] = ()
    task = "record"
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request) -> bool:
        return self.may_look(request)

    def has_add_permission(self, request) -> bool:
        return self.may_change(request)

    def changelist_view(self, request, extra_context=None):
        _refuse_nonsense(request)
        return super().changelist_view(request, extra_context)

    def exported_list(self, request):
        _refuse_nonsense(request)
        return super().exported_list(request)

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        """Only what a filter of this list asks; Django would compare any column with anything."""
        asked = {self.date_hierarchy}
        for entry in self.get_list_filter(request):
            entry = entry[0] if isinstance(entry, tuple) else entry
            asked.add(entry if isinstance(entry, str) else entry.parameter_name)
        if lookup not in asked and lookup.partition("__")[0] not in asked:
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_readonly_fields(self, request, obj=None):
        readonly = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return readonly
        kept = () if request.user.is_superuser else self.superuser_fields
        return tuple(dict.fromkeys((*readonly, *self.settled_fields, *kept)))

    def get_list_display(self, request):
        """Without the agency where the user has only one."""
        shown = super().get_list_display(request)
        if "agency" not in shown or request.user.is_superuser:
            return shown
        several = len(agencies_of(request.user)) > 1
        return shown if several else [name for name in shown if name != "agency"]

    def get_changeform_initial_data(self, request):
        """Whoever works for one agency need not choose it."""
        initial = super().get_changeform_initial_data(request)
        if "agency" not in initial:
            agencies = list(self.agencies_changed_by(request).values_list("pk", flat=True)[:2])
            if len(agencies) == 1:
                initial["agency"] = agencies[0]
        return initial


def _refuse_nonsense(request) -> None:
    """PostgreSQL cannot even compare with a NUL, which no filter of ours offers; see also keys."""
    if any("\0" in value for name in request.GET for value in request.GET.getlist(name)):
        raise BadRequest("NUL in the address")
    if not all(map(is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
        raise BadRequest("No row has such a key")


class ReadOnly:
    """Rows that are there to be read: nobody adds, changes or deletes them by hand."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class NeverDeleted:
    """Rows that end and stay on record: links, publications and doubts point at them."""

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ScopedInline(Scoped, admin.TabularInline):
    """Rows on the page of what they belong to; `obj` in the permissions is that parent."""

    extra = 0
    show_change_link = False

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            if field.label and not field.widget.is_hidden:
                # The head of the column is no label to a screen reader.
                field.widget.attrs.setdefault("aria-label", field.label)
        return formset


class ScopedTranslatableAdmin(ScopedAdmin, TranslatableAdmin):
    """The same for a model with translated texts: one language at a time, chosen by a tab."""

    form = SeenTranslatableForm

    def _language(self, request, obj=None):
        """Only what a tab offers: nobody could read a text in another language; parler fails."""
        language = super()._language(request, obj)
        if language not in dict(settings.LANGUAGES):
            raise Http404("no such language")
        return language

    def may_change(self, request, obj=None) -> bool:
        return super().may_change(request, getattr(obj, "master", obj))
