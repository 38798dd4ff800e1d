"""The history of a row as a page: who changed what when, and a button to go back."""

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts import history
from contacts.models import Post, Responsibility
from contacts.publication_lines import entries_about

PER_PAGE = 30


def entries_of(row) -> list[history.Entry]:
    """A rule's history are the publications that changed it; a post's, these and its own."""
    entries = history.entries_of(row) if history.is_tracked(type(row)) else []
    if isinstance(row, Post | Responsibility):
        entries += entries_about(row)
    return sorted(entries, key=lambda entry: entry.when, reverse=True)


class WithHistory:
    """For a `ModelAdmin` whose model is tracked (`portal.history`); others keep Django's page."""

    def get_urls(self):
        if not history.is_tracked(self.model):
            return super().get_urls()
        view = self.admin_site.admin_view(require_POST(self.restore_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        own = path("<path:object_id>/history/<slug:model>/<int:version>/", view, name=name)
        return [own, *super().get_urls()]

    def history_view(self, request, object_id: str, extra_context=None):
        if not (history.is_tracked(self.model) or self.model is Responsibility):
            return super().history_view(request, object_id, extra_context)
        row = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        pages = Paginator(entries_of(row), PER_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %s") % row,
            "opts": self.opts,
            "row": row,
            "page": pages.get_page(request.GET.get("p")),
            "may_restore": self.has_change_permission(request, row),
            "restore_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_restore",
        }
        return TemplateResponse(request, "admin/contacts/history.html", context)

    def _restorable_fields(self, request, row, record) -> frozenset[str] | None:
        """The fields of `row` that the user's own form would write; of what goes with it, all."""
        if record.instance_type is not row._meta.concrete_model:
            return None
        shown = flatten_fieldsets(self.get_fieldsets(request, row))
        return frozenset(shown) - set(self.get_readonly_fields(request, row))

    def restore_view(self, request, object_id: str, model: str, version: int):
        row = self.get_object(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        record = history.find(row, model=model, version=version)
        if record is None:
            raise Http404
        try:
            history.restore(
                record, by=request.user, names=self._restorable_fields(request, row, record)
            )
        except ValidationError as refusal:
            text = _("This version no longer fits: %s") % " ".join(refusal.messages)
            messages.error(request, text)
        else:
            self.log_change(request, row, _("Earlier version restored."))
            messages.success(request, _("The earlier version is back."))
        address = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return HttpResponseRedirect(reverse(address, args=[row.pk]))
