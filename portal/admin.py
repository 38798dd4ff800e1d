"""Accounts and legal texts of the installation: for superusers."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django.contrib import admin
from django.contrib.auth.admin import Group  # (after Django has registered it)
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableAdmin

from portal import (
    admin_outbox,  # noqa: F401  (registers its pages)
    clock,
)
from portal.accounts import journal, lifecycle, second_factor
from portal.accounts.admin_pages import AccountButtons
from portal.context import site_address
from portal.models import Page, User
from portal.seen import SeenTranslatableForm

# Who may do what follows from roles, not from groups; an account has one address, and its sessions
# and factors are its owner's.
for model in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class SuperusersOnly:
    """Nobody else sees these pages."""

    task = "access"
    only_superusers = True

    def has_module_permission(self, request) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)


@admin.register(User)
class UserAdmin(SuperusersOnly, AccountButtons, admin.ModelAdmin):
    """Accounts as such; what somebody does for an agency is entered under roles."""

    list_display = ["email", "name", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_superuser", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    show_facets = admin.ShowFacets.NEVER
    dates = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "name"]}),
        (_("Rights"), {"fields": ["is_active", "is_superuser"]}),
        (_("Log-in"), {"fields": ["has_password", "has_second_factor", *dates]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "name", "is_superuser"],
                "description": _(
                    "A link to choose a password is mailed. For a colleague of an agency, give a "
                    "role instead: that makes the account, too."
                ),
            },
        )
    ]

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request, obj=None):
        """Nobody switches themselves off, nor takes their own rights."""
        own = ["is_active", "is_superuser"] if obj == request.user else []
        return ["has_password", "has_second_factor", *self.dates, *own]

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_delete_permission(self, request, obj=None) -> bool:
        """An account is switched off, so that the log still says who did what."""
        return False

    def may_manage_account(self, request, user: User) -> bool:
        return request.user.is_superuser

    @admin.display(description=_("password chosen"), boolean=True)
    def has_password(self, user: User) -> bool:
        return lifecycle.has_begun(user)

    @admin.display(description=_("second factor"), boolean=True)
    def has_second_factor(self, user: User) -> bool:
        return second_factor.is_enrolled(user)

    def save_model(self, request, obj: User, form, change: bool) -> None:
        """An account is made without a password, and its owner invited; rights are logged."""
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            lifecycle.invite(obj, by=request.user, site=site_address(request), now=clock.now())
        if "is_superuser" in form.changed_data:
            given = "given" if obj.is_superuser else "taken"
            journal.tell(obj, f"superuser rights {given}", by=request.user)
        if "is_active" in form.changed_data:
            switch = lifecycle.switch_on if obj.is_active else lifecycle.switch_off
            switch(obj, by=request.user)


@admin.register(Page)
class PageAdmin(SuperusersOnly, TranslatableAdmin):
    form = SeenTranslatableForm
    list_display = ["kind", "owner"]
    list_filter = ["kind"]
    show_facets = admin.ShowFacets.NEVER

    def get_fieldsets(self, request, obj=None):
        """With the hidden field of `portal.seen`, once there is something to have been seen."""
        return [(None, {"fields": ["kind", "owner", "body", *(["seen"] if obj else [])]})]
