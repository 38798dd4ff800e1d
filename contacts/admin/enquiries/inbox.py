"""The inbox: what waits for an answer comes first."""

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from contacts.admin.enquiries import interpreters, introductions, joining, page, steps
from contacts.admin.enquiries.filters import FILTERS
from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from contacts.admin.search import FoldedSearch
from contacts.enquiries.receiving import PREFIX
from contacts.labels import holder_names
from contacts.models import Enquiry
from contacts.models.enquiry import OWN_POSTS, WHOLE_AGENCY
from contacts.roles import agencies_of
from portal import clock, references

VIEWS = steps.VIEWS | introductions.VIEWS | interpreters.VIEWS | joining.VIEWS


def deals_with_enquiries(user) -> bool:
    """Whether `user` has a part in enquiries at all: coordinators and the administration."""
    if not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or bool(agencies_of(user, OWN_POSTS | WHOLE_AGENCY))


@admin.register(Enquiry)
class EnquiryAdmin(FoldedSearch, ReadOnly, ScopedAdmin):
    """Nobody edits a row: what happens with an enquiry are the steps on its page."""

    task = "inbox"
    rank = 0
    change_list_template = "admin/contacts/enquiry/change_list.html"
    list_display = ["reference", "kind", "area", "came", "due", "state", "desk"]
    list_filter = [*FILTERS, AgencyFilter]
    list_select_related = ["area__parent", "assigned_post", "agency"]
    search_fields = ["reference", "name", "organisation"]
    search_help_text = _("Number or name")
    ordering = [F("answer_by").asc(nulls_last=True), "-pk"]

    def may_look(self, request) -> bool:
        return deals_with_enquiries(request.user)

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                "agency__translations",
                "assigned_post__translations",
                "assigned_post__tenures__person",
            )
        )

    def get_search_results(self, request, queryset, search_term):
        """A number is found however somebody has copied it down."""
        number = references.read(search_term, PREFIX)
        if number is not None:
            return queryset.filter(reference=number), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("received"), ordering="received_at")
    def came(self, enquiry: Enquiry) -> str:
        return date_format(clock.local(enquiry.received_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("answer by"), ordering="answer_by")
    def due(self, enquiry: Enquiry) -> str:
        if not enquiry.is_open:
            return ""
        day = date_format(enquiry.answer_by, "SHORT_DATE_FORMAT")
        if enquiry.answer_by < clock.today():
            return format_html("{} <strong>{}</strong>", day, _("overdue"))
        return day

    @admin.display(description=_("desk"))
    def desk(self, enquiry: Enquiry) -> str:
        post = enquiry.assigned_post
        if post is None:
            return str(enquiry.agency)
        return holder_names(post, on=clock.today()) or str(post)

    # Pages ----------------------------------------------------------------------------------------

    def get_urls(self):
        def wrap(view):
            def own_page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
                return view(self, request, *args, **kwargs)

            return self.admin_site.admin_view(own_page)

        own = [
            path(route, wrap(view), name=f"contacts_enquiry_{name}")
            for name, (route, view) in VIEWS.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of the enquiry, and no form of Django's."""
        return page.show(self, request, self.get_object(request, object_id))

    def page(self, request, template: str, context: dict, *, status: int = 200) -> HttpResponse:
        """A page of this part of the administration."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(
            request, f"admin/contacts/enquiry/{template}.html", {**frame, **context}, status=status
        )
