"""The network of an agency in the administration: partners, groups, and who belongs to a group.

Partners and groups are read by all staff of the agency and changed by those who keep its network
(`KEEPERS`); who belongs to a group is read by these alone.
"""

from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter, FirstAnswerFilter, InForceFilter
from contacts.admin.scoped import ScopedAdmin, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.admin.unnamed import Unnamed
from contacts.models import GroupMember, Organisation, WorkingGroup
from contacts.models.groups import KEEPERS, members_today
from contacts.roles import agencies_of
from portal.admin_filters import OfferedFilter


def keeps_a_network(user) -> bool:
    """Whether `user` keeps the network of any agency."""
    if not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or bool(agencies_of(user, KEEPERS))


@admin.register(Organisation)
class OrganisationAdmin(FoldedSearch, ScopedTranslatableAdmin):
    task = "content"
    rank = 5
    changed_by = KEEPERS
    list_display = ["name", "kind", "area", "is_listed", "agency"]
    list_filter = [AgencyFilter, "kind", "is_listed"]
    search_fields = ["name", "translations__summary", "area__name", "email"]
    search_help_text = _("Name, what it does, town or e-mail")
    autocomplete_fields = ["area"]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (_("Who it is"), {"fields": ["name", "kind", "summary", "area"]}),
        (_("How to reach it"), {"fields": ["phone", "email", "website"]}),
        (_("In public"), {"fields": ["is_listed"]}),
        (_("Belongs to"), {"fields": ["agency", "slug"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency", "area__parent")
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("name",)}


class EndedFilter(FirstAnswerFilter):
    """Groups at work come first."""

    title = _("when")
    parameter_name = "when"
    answers = (("now", _("at work")), ("over", _("ended")), ("all", _("all")))

    def pick(self, queryset, answer, today):
        return queryset.filter(ended_on__lt=today) if answer == "over" else queryset.at_work(today)


@admin.register(WorkingGroup)
class WorkingGroupAdmin(FoldedSearch, ScopedTranslatableAdmin):
    """A group with members, meetings or papers ends; an empty one may be deleted."""

    task = "content"
    rank = 6
    changed_by = KEEPERS
    change_form_template = "admin/contacts/workinggroup/change_form.html"
    list_display = ["__str__", "kind", "members_link", "started_on", "ended_on", "agency"]
    list_filter = [EndedFilter, AgencyFilter, "kind"]
    search_fields = ["translations__name", "slug"]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (_("What it is"), {"fields": ["name", "kind", "tasks"]}),
        (_("From when to when"), {"fields": [("started_on", "ended_on")]}),
        (_("Belongs to"), {"fields": ["agency", "slug", "rank"]}),
    ]

    def get_queryset(self, request):
        members = members_today().filter(group=OuterRef("pk")).order_by().values("group")
        count = Subquery(members.annotate(number=Count("pk")).values("number"))
        found = super().get_queryset(request).select_related("agency")
        found = found.annotate(number=Coalesce(count, 0))
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("name",)}  # a method: the name is a translated one

    def has_delete_permission(self, request, obj=None) -> bool:
        is_used = isinstance(obj, WorkingGroup) and (
            obj.members.exists() or obj.meetings.exists() or obj.papers.exists()
        )
        return not is_used and super().has_delete_permission(request, obj)

    def get_list_display(self, request):
        """Only those who may open the list of members get a link to it."""
        shown = super().get_list_display(request)
        if self.may_change(request):
            return shown
        return ["number" if name == "members_link" else name for name in shown]

    @admin.display(description=_("members today"), ordering="number")
    def number(self, group: WorkingGroup) -> int:
        return group.number

    @admin.display(description=_("members today"), ordering="number")
    def members_link(self, group: WorkingGroup) -> str:
        return format_html('<a href="{}">{}</a>', members_of(group), group.number)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.may_change(request, obj):
            context["members_url"] = members_of(obj)
            context["add_member_url"] = new_member_of(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def members_of(group: WorkingGroup) -> str:
    return f"{reverse('admin:contacts_groupmember_changelist')}?group={group.pk}"


def new_member_of(group: WorkingGroup) -> str:
    """The form with the group chosen; after saving, the list of its members."""
    back = {"group": group.pk, "_changelist_filters": f"group={group.pk}"}
    return f"{reverse('admin:contacts_groupmember_add')}?{urlencode(back)}"


class GroupFilter(OfferedFilter):
    title = _("group")
    parameter_name = "group"

    def lookups(self, request, model_admin):
        groups = model_admin.choices_for(WorkingGroup, request)
        return [(str(group.pk), str(group)) for group in groups]

    def pick(self, queryset, key):
        return queryset.filter(group=key)


@admin.register(GroupMember)
class GroupMemberAdmin(FoldedSearch, Unnamed, ScopedAdmin):
    """Whoever opens the form from a group need not choose it; saving for one more keeps it."""

    task = "content"
    rank = 7
    changed_by = KEEPERS
    list_display = ["name", "organisation", "email", "role", "group", "valid_from", "valid_until"]
    list_filter = [GroupFilter, InForceFilter, AgencyFilter, "role"]
    list_select_related = ["organisation", "group__agency"]
    search_fields = ["name", "email", "organisation__name"]
    search_help_text = _("Name, e-mail or partner")
    autocomplete_fields = ["organisation"]
    fieldsets = [
        (None, {"fields": ["group", "organisation", "name", "email", "role"]}),
        (_("From when to when"), {"fields": [("valid_from", "valid_until")]}),
    ]

    def may_look(self, request) -> bool:
        return keeps_a_network(request.user)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("group__translations")

    def choices_for(self, model, request):
        found = super().choices_for(model, request)
        return found.select_related("agency") if model is WorkingGroup else found

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(new_member_of(obj.group))
        return response

    def label_in_journal(self, member: GroupMember) -> str:
        return str(member.group)
