"""Out of use, and back: two buttons on the page of a post or an office."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts import archiving
from contacts.publishing import RefusedError
from portal import clock


class Archivable:
    """For the `ModelAdmin` of a model with `archived_on`."""

    def get_urls(self):
        own = [
            path(
                f"<path:object_id>/{step}/",
                self.admin_site.admin_view(require_POST(self.archive_view)),
                {"step": step},
                name=f"{self.opts.app_label}_{self.opts.model_name}_{step}",
            )
            for step in ("archive", "bring-back")
        ]
        return [*own, *super().get_urls()]

    def archive_view(self, request, object_id: str, step: str):
        row = self.get_object(request, object_id)
        if not self.may_change(request, row):
            raise PermissionDenied
        try:
            if step == "archive":
                now = clock.now()
                archiving.archive(row, by=request.user, on=clock.today(now), now=now)
                self.log_change(request, row, _("Out of use."))
                messages.success(request, _("Out of use: %s") % row)
            else:
                archiving.bring_back(row, by=request.user)
                self.log_change(request, row, _("In use again."))
                messages.success(request, _("In use again: %s") % row)
        except RefusedError as refused:
            for message in refused.messages:
                messages.error(request, message)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.may_change(request, obj):
            step = "bring-back" if obj.archived_on else "archive"
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{step}"
            context["archive_url"] = reverse(name, args=[obj.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
