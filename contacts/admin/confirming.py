"""One click that says of a post: its contact is still right."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from contacts import confirming
from portal import clock


class Confirmable:
    """For the page and the list of posts."""

    @admin.action(permissions=["change"], description=gettext_lazy("The contact is still right"))
    def confirm_selected(self, request, queryset) -> None:
        posts = [post for post in queryset if self.may_change(request, post)]
        count = confirming.confirm(posts, by=request.user, on=clock.today())
        for post in posts:
            self.log_change(request, post, _("Contact confirmed."))
        text = ngettext("%d contact confirmed.", "%d contacts confirmed.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.confirm_view))
        own = path("<path:object_id>/confirm/", view, name="contacts_post_confirm")
        return [own, *super().get_urls()]

    def confirm_view(self, request, object_id: str):
        post = self.get_object(request, object_id)
        if not self.may_change(request, post):
            raise PermissionDenied
        confirming.confirm([post], by=request.user, on=clock.today())
        self.log_change(request, post, _("Contact confirmed."))
        self.message_user(request, _("It is noted that this contact is right."), messages.SUCCESS)
        return HttpResponseRedirect(self.own_page(post))
