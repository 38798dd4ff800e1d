"""Who works for an agency, and in which role: invite, change, let go."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import colleagues
from contacts.admin.colleague_forms import InvitationForm, LeavingForm
from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedAdmin
from contacts.admin.search import FoldedSearch
from contacts.models import Person, StaffRole
from contacts.publishing import RefusedError
from contacts.roles import agencies_of
from portal import clock
from portal.accounts.admin_pages import AccountButtons
from portal.context import site_address
from portal.models import User

TEMPLATE = "admin/contacts/staffrole/form.html"


@admin.register(StaffRole)
class StaffRoleAdmin(AccountButtons, FoldedSearch, ScopedAdmin):
    """For agency administrators and superusers; nobody else sees it."""

    task = "access"
    rank = 1
    changed_by = colleagues.ADMINS
    list_display = ["user", "role", "agency", "valid_until"]
    list_filter = ["role", AgencyFilter]
    list_select_related = ["user", "agency"]
    search_fields = ["user__name", "user__email"]
    fieldsets = [(None, {"fields": ["colleague", "address", "agency", "role", "valid_until"]})]
    readonly_fields = ["colleague", "address"]
    change_form_template = "admin/contacts/staffrole/change_form.html"

    @admin.display(description=gettext_lazy("user"))
    def colleague(self, row: StaffRole) -> str:
        return str(row.user)

    @admin.display(description=gettext_lazy("e-mail"))
    def address(self, row: StaffRole) -> str:
        return row.user.email

    def may_look(self, request) -> bool:
        return super().may_look(request) and (
            request.user.is_superuser or bool(agencies_of(request.user, self.changed_by))
        )

    def get_queryset(self, request):
        found = super().get_queryset(request).prefetch_related("agency__translations")
        if request.user.is_superuser:
            return found
        return found.of_agencies(agencies_of(request.user, self.changed_by))

    # The account ---------------------------------------------------------------------------------

    def account_of(self, row: StaffRole) -> User:
        return row.user

    def owner_of(self, row: StaffRole) -> str:
        return row.agency.slug

    def may_manage_account(self, request: HttpRequest, user: User) -> bool:
        return colleagues.may_manage_account(request.user, user)

    # Coming and going ----------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(self.leave_view)
        own = path("<path:object_id>/leave/", view, name="contacts_staffrole_leave")
        return [own, *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None) -> HttpResponse:
        """Invite somebody: new to the site, or to this agency."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        agencies = self.agencies_changed_by(request).prefetch_related("translations")
        form = InvitationForm(
            request.POST or None,
            agencies=agencies,
            people=self.choices_for(Person, request),
        )
        if request.method == "POST" and form.is_valid():
            colleagues.invite(
                **form.cleaned_data, by=request.user, site=site_address(request), now=clock.now()
            )
            said = _("%s is invited. A mail is on its way.") % form.cleaned_data["name"]
            self.message_user(request, said, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:contacts_staffrole_changelist"))
        return self._page(request, form, title=_("Invite a colleague"), button=_("Invite"))

    def leave_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let somebody go from this agency, at once or after a last day."""
        row = self.get_object(request, object_id)
        if not self.may_change(request, row) or row.user == request.user:
            raise PermissionDenied
        form = LeavingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                colleagues.offboard(
                    row.user, row.agency, by=request.user, now=clock.now(), **form.cleaned_data
                )
            except (ValidationError, RefusedError) as refusal:
                form.add_error(None, refusal.messages)
            else:
                said = _("%(name)s leaves %(agency)s.")
                values = {"name": row.user, "agency": row.agency}
                self.message_user(request, said % values, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:contacts_staffrole_changelist"))
        title = _("%(name)s leaves %(agency)s") % {"name": row.user, "agency": row.agency}
        return self._page(request, form, title=title, button=_("Let go"), is_leaving=True)

    def _page(self, request, form, **context) -> HttpResponse:
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, TEMPLATE, context | {"form": form, "opts": self.opts})

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and obj.user != request.user and self.may_change(request, obj):
            context["leave_url"] = reverse("admin:contacts_staffrole_leave", args=[obj.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def has_change_permission(self, request, obj=None) -> bool:
        """A role is given or taken; there is nothing about it to change."""
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        """Nobody takes their own role: the last key would lie inside."""
        own = obj is not None and obj.user == request.user
        return super().has_delete_permission(request, obj) and not own

    def delete_model(self, request, obj: StaffRole) -> None:
        colleagues.take_role(obj, by=request.user)
