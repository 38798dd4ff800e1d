"""The log of what was published, and the way back: one publication, or all since an earlier one."""

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import undoing
from contacts.admin.filters import AgencyFilter
from contacts.admin.publishing_page import Wish, publishing_page
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from contacts.admin.staffing_pages import PublishingPages
from contacts.models import Publication
from contacts.publication_lines import lines_of
from portal import clock


@admin.register(Publication)
class PublicationAdmin(PublishingPages, ReadOnly, ScopedAdmin):
    """The log of what was published. Editors take back what their agency has published."""

    rank = 1
    publishing_pages = (("undo", "undo"), ("roll-back", "roll_back"))
    change_form_template = "admin/contacts/publication/change_form.html"
    list_display = ["published_at", "kind", "published_by", "reason", "size", "agency"]
    list_filter = ["kind", AgencyFilter]
    list_select_related = ["agency", "published_by"]
    date_hierarchy = "published_at"
    readonly_fields = ["what_has_changed"]
    fieldsets = [
        (None, {"fields": ["published_at", "kind", "published_by", "agency", "reason"]}),
        (gettext_lazy("What has changed"), {"fields": ["what_has_changed"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agency__translations")

    @admin.display(description=gettext_lazy("rows"))
    def size(self, publication: Publication) -> int:
        rows = (*publication.before, *publication.after)
        return len({(row["model"], row["id"]) for row in rows})

    @admin.display(description=gettext_lazy("rows"))
    def what_has_changed(self, publication: Publication) -> str:
        lines = lines_of(publication)
        return render_to_string("admin/contacts/publication/lines.html", {"lines": lines})

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["may_take_back"] = obj is not None and self.may_change(request, obj)
        context["is_newest"] = context["may_take_back"] and not undoing.since(obj).exists()
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def undo(self, request, object_id: str):
        publication = self.to_change(request, object_id)
        about = publication.reason or publication.get_kind_display()
        return self._take_back(
            request,
            publication,
            [publication],
            title=_("Take back: %s") % about,
            reason=_("Taken back: %s") % about,
        )

    def roll_back(self, request, object_id: str):
        publication = self.to_change(request, object_id)
        return self._take_back(
            request,
            publication,
            undoing.since(publication),
            title=_("Back to the state of %s") % moment(publication),
            reason=_("Back to the state of %s") % moment(publication),
        )

    def _take_back(self, request, publication, taken_back, *, title: str, reason: str):
        def wish(_form) -> Wish:
            changes, edits = undoing.inverse(taken_back)
            return Wish(changes=changes, edits=edits, reason=reason)

        return publishing_page(
            self,
            request,
            agency=publication.agency,
            title=title,
            kind=Publication.Kind.UNDO,
            form=forms.Form(request.POST if request.method == "POST" else {}),
            wish=wish,
            button=_("Take back"),
            back=reverse("admin:contacts_publication_change", args=[publication.pk]),
        )


def moment(publication: Publication) -> str:
    return date_format(clock.local(publication.published_at), "SHORT_DATETIME_FORMAT")
