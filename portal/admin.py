"""Accounts and legal texts of the installation: for superusers."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableAdmin

from portal import admin_outbox  # noqa: F401  (registers its pages)
from portal.models import Page, User

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


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class AccountForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "name", "password", "is_active", "is_staff", "is_superuser"]
        field_classes = {}


@admin.register(User)
class UserAdmin(SuperusersOnly, DjangoUserAdmin):
    form = AccountForm
    add_form = UserCreationForm
    list_display = ["email", "name", "is_staff", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (_("May"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "usable_password", "password1", "password2"]}),
    ]

    def has_delete_permission(self, request, obj=None) -> bool:
        """An account is switched off, so that the log still says who did what."""
        return False


@admin.register(Page)
class PageAdmin(SuperusersOnly, TranslatableAdmin):
    list_display = ["kind", "owner"]
    list_filter = ["kind"]
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [(None, {"fields": ["kind", "owner", "body"]})]
