"""Offers of the guide in the administration: a form, and each step as a button of its own."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts.admin.filters import AgencyFilter, QuestionFilter
from contacts.admin.scoped import ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from portal import clock
from projects import offers
from projects.admin.offer_forms import DeclineForm, OfferForm, TextInline, TimeInline
from projects.models import Offer
from projects.models.guide import OfferState
from projects.offer_confirming import unanswered

# Steps by POST alone: label of the button, what is said afterwards, and the state that it leads to.
STEPS = {
    "release": (
        gettext_lazy("Release"),
        gettext_lazy("The offer is public now."),
        OfferState.PUBLISHED,
    ),
    "end": (
        gettext_lazy("It is over"),
        gettext_lazy("The offer has ended; its page says so."),
        OfferState.ENDED,
    ),
    "confirm": (
        gettext_lazy("All of it is right"),
        gettext_lazy("It is noted that this offer is right."),
        None,
    ),
}


WAITING_FIRST = Case(
    When(state=OfferState.SUBMITTED, then=Value(0)),
    default=Value(1),
    output_field=models.IntegerField(),
).asc()


class UpkeepFilter(QuestionFilter):
    title = gettext_lazy("what needs doing")
    parameter_name = "todo"
    answers = (
        ("release", gettext_lazy("waits for release")),
        ("unanswered", gettext_lazy("not confirmed, and nobody answers")),
        ("ending", gettext_lazy("public, with a last day")),
    )

    def pick(self, queryset, answer, today):
        if answer == "release":
            return queryset.filter(state=OfferState.SUBMITTED)
        if answer == "unanswered":
            return queryset.filter(pk__in=unanswered(today).values("pk"))
        return queryset.filter(state=OfferState.PUBLISHED, valid_until__isnull=False)


@admin.register(Offer)
class OfferAdmin(FoldedSearch, ScopedTranslatableAdmin):
    """What waits for release comes first."""

    form = OfferForm
    task = "content"
    rank = 1
    list_display = ["__str__", "state", "kind", "area", "provider", "confirmed_on", "agency"]
    list_filter = [UpkeepFilter, "state", "kind", AgencyFilter]
    list_select_related = ["agency", "area__parent"]
    search_fields = ["translations__title", "translations__text", "provider", "slug", "area__name"]
    ordering = [WAITING_FIRST, "slug"]
    autocomplete_fields = ["area"]
    inlines = [TimeInline, TextInline]
    settled_fields = ("slug", "agency")
    readonly_fields = ["state", "confirmed_on", "submitted_at", "decided_at", "decided_by"]
    fieldsets = [
        (gettext_lazy("What is offered"), {"fields": ["title", "kind", "text", "provider"]}),
        (
            gettext_lazy("Where"),
            {"fields": ["area", "venue", "street", ("postal_code", "city")]},
        ),
        (
            gettext_lazy("When"),
            {"fields": ["by_appointment", "times_note", ("valid_from", "valid_until")]},
        ),
        (
            gettext_lazy("For whom, and how"),
            {
                "fields": [
                    "target_groups",
                    "languages",
                    ("cost", "cost_note"),
                    ("step_free", "access_note"),
                ]
            },
        ),
        (
            gettext_lazy("Contact that everybody sees"),
            {"fields": ["contact_name", "phone", "email", "website"]},
        ),
        (
            gettext_lazy("Who entered it, for the office only"),
            {"fields": ["submitter_name", "submitter_email", "submitted_at"]},
        ),
        (
            gettext_lazy("State"),
            {"fields": ["state", "decided_at", "decided_by", "confirmed_on", "agency", "slug"]},
        ),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("title",)}  # a method: the title is a translated one

    def has_delete_permission(self, request, obj=None) -> bool:
        """What was public once ends, so that its address says that it is over."""
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        offer = getattr(obj, "master", obj)
        return offer.state in (OfferState.SUBMITTED, OfferState.DECLINED)

    # Steps ----------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.step_view))
        own = [
            path(f"<path:object_id>/{step}/", view, {"step": step}, name=f"projects_offer_{step}")
            for step in STEPS
        ]
        decline = self.admin_site.admin_view(self.decline_view)
        own.append(path("<path:object_id>/decline/", decline, name="projects_offer_decline"))
        return [*own, *super().get_urls()]

    def _to_change(self, request, object_id: str) -> Offer:
        offer = self.get_object(request, object_id)
        if not self.may_change(request, offer):
            raise PermissionDenied
        return offer

    def _back(self, offer: Offer) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:projects_offer_change", args=[offer.pk]))

    def step_view(self, request: HttpRequest, object_id: str, step: str) -> HttpResponse:
        offer = self._to_change(request, object_id)
        try:
            take(step, offer, by=request.user)
        except ValidationError as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
        else:
            _label, done, _state = STEPS[step]
            self.log_change(request, offer, str(done))
            self.message_user(request, done, messages.SUCCESS)
        return self._back(offer)

    def decline_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the words that are mailed, and decline."""
        offer = self._to_change(request, object_id)
        form = DeclineForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                offers.decline(offer, form.cleaned_data["text"], by=request.user, now=clock.now())
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                self.log_change(request, offer, _("Not taken over."))
                said = _("The offer is not taken over. Whoever entered it is told by mail.")
                self.message_user(request, said, messages.SUCCESS)
                return self._back(offer)
        context = self.admin_site.each_context(request) | {
            "title": _("Do not take over: %s") % offer,
            "opts": self.opts,
            "form": form,
            "offer": offer,
        }
        return TemplateResponse(request, "admin/projects/offer/decline.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["offer_state"] = obj.get_state_display()
            context["waits"] = obj.state == OfferState.SUBMITTED
            if obj.state == OfferState.PUBLISHED:
                context["public_url"] = obj.get_absolute_url()
            if self.may_change(request, obj):
                context |= _steps_of(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def take(step: str, offer: Offer, *, by) -> None:
    """Take one of `STEPS`. Raises ValidationError where it cannot be taken now."""
    now = clock.now()
    match step:
        case "release":
            offers.release(offer, by=by, now=now)
        case "end":
            offers.end(offer, by=by, now=now)
        case "confirm":
            offers.confirm(offer, by=by, on=clock.today(now))


def _steps_of(offer: Offer) -> dict:
    """What may be done with the offer now: addresses and labels of buttons."""
    shown = [
        (reverse(f"admin:projects_offer_{step}", args=[offer.pk]), label)
        for step, (label, _done, state) in STEPS.items()
        if (offers.may_become(offer, state) if state else offer.state == OfferState.PUBLISHED)
    ]
    found = {"steps": shown}
    if offers.may_become(offer, OfferState.DECLINED):
        found["decline_url"] = reverse("admin:projects_offer_decline", args=[offer.pk])
    return found
