"""Buttons on an account's page in the administration, for whoever may manage that account."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal import clock
from portal.accounts import lifecycle, second_factor
from portal.context import site_address
from portal.models import User


class AccountButtons:
    """For a `ModelAdmin` whose rows belong to an account, see `account_of`."""

    change_form_template = "admin/decisions.html"
    buttons = {
        "invite": gettext_lazy("Send the invitation again"),
        "reset-factor": gettext_lazy("Reset the second factor"),
    }
    done = {
        "invite": gettext_lazy("The invitation is on its way."),
        "reset-factor": gettext_lazy(
            "The second factor is reset. At the next log-in a new one is set up."
        ),
    }

    def account_of(self, row) -> User:
        return row

    def may_manage_account(self, request: HttpRequest, user: User) -> bool:
        raise NotImplementedError

    def owner_of(self, row) -> str:
        """The key of the agency in whose name a mail goes out, "" for the site."""
        return ""

    def offered(self, request: HttpRequest, row) -> list[str]:
        """The buttons that make sense for this account, and that the user may press."""
        user = self.account_of(row)
        if not user.is_active or not self.may_manage_account(request, user):
            return []
        found = [] if lifecycle.has_begun(user) else ["invite"]
        if user != request.user and second_factor.is_enrolled(user):
            found.append("reset-factor")
        return found

    def button_url(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.button_view))
        own = [
            path(f"<path:object_id>/{what}/", view, {"what": what}, name=self.button_url(what))
            for what in self.buttons
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["decisions"] = [
                (reverse(f"admin:{self.button_url(what)}", args=[obj.pk]), self.buttons[what])
                for what in self.offered(request, obj)
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def button_view(self, request: HttpRequest, object_id: str, what: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        user = self.account_of(row)
        if not self.may_manage_account(request, user):
            raise PermissionDenied
        if what in self.offered(request, row):
            values = {"by": request.user, "site": site_address(request), "now": clock.now()}
            if what == "invite":
                lifecycle.invite(user, owner=self.owner_of(row), **values)
            else:
                lifecycle.reset_second_factor(user, **values)
            self.message_user(request, self.done[what], messages.SUCCESS)
        else:
            self.message_user(request, _("Nothing was to be done."), messages.INFO)
        address = reverse(f"admin:{self.button_url('change')}", args=[row.pk])
        return HttpResponseRedirect(address)
