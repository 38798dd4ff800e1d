"""What visitors say is wrong: field by field beside what is stored, taken over with one button."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts import proposals
from contacts.admin.feedback import ClosableAdmin
from contacts.admin.filters import AgencyFilter, OpenFilter
from contacts.admin.rules import tell
from contacts.models import Correction
from contacts.publishing import RefusedError
from portal import clock
from portal.context import site_address


@admin.register(Correction)
class CorrectionAdmin(ClosableAdmin):
    rank = 1
    change_form_template = "admin/contacts/correction/change_form.html"
    list_display = ["kind", "beginning", "about", "received_at", "outcome", "agency"]
    list_filter = [OpenFilter, "kind", AgencyFilter]
    search_fields = ["text", "page", "contact", "asked"]
    fieldsets = [
        (None, {"fields": ["kind", "text", "asked", "post", "page", "contact", "received_at"]}),
        (gettext_lazy("Done"), {"fields": ["agency", "outcome", "closed_at", "closed_by"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency", "post")
        return found.prefetch_related("agency__translations", "post__translations")

    @admin.display(description=gettext_lazy("message"))
    def beginning(self, correction: Correction) -> str:
        text = correction.text or ", ".join(
            values["wanted"] for values in correction.proposed.values()
        )
        return text if len(text) <= 80 else f"{text[:79]}…"

    @admin.display(description=gettext_lazy("about"))
    def about(self, correction: Correction):
        return correction.post or correction.asked or correction.page

    # Taking over ----------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.accept_view))
        own = path("<path:object_id>/accept/", view, name=self.url_name("accept"))
        return [own, *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["proposals"] = proposals.proposals_of(obj, on=clock.today())
            context["may_accept"] = not obj.closed_at and self.has_close_permission(request, obj)
            if obj.kind == Correction.Kind.MISSING_PLACE and obj.asked:
                context["missing_name"] = obj.asked
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def accept_view(self, request, object_id: str):
        correction = self.get_object(request, object_id)
        if not self.has_close_permission(request, correction):
            raise PermissionDenied
        try:
            found = proposals.accept(
                correction,
                request.POST.getlist("field"),
                by=request.user,
                site=site_address(request),
                now=clock.now(),
            )
        except (ValidationError, RefusedError) as refusal:
            for message in refusal.messages:
                messages.error(request, message)
            return HttpResponseRedirect(
                reverse(f"admin:{self.url_name('change')}", args=[correction.pk])
            )
        if found is None:
            messages.info(request, _("Somebody else has decided this meanwhile."))
        else:
            tell(request, found)
            self.log_change(request, correction.post, _("Correction of a visitor taken over."))
            messages.success(request, _("Taken over. It shows at once."))
        return HttpResponseRedirect(reverse(f"admin:{self.url_name('changelist')}"))
