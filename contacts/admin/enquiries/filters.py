"""Filters of the inbox; each is a question, and all of them stay in the address."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import FirstAnswerFilter, QuestionFilter
from contacts.models import Area, Enquiry
from contacts.models.enquiry import EnquiryState
from contacts.models.on_duty import posts_of
from contacts.spoken import language_name
from portal.admin_filters import OfferedFilter


class StateFilter(FirstAnswerFilter):
    """Whoever opens the inbox sees what waits for an answer."""

    title = _("state")
    parameter_name = "state"
    answers = (
        (EnquiryState.OPEN.value, EnquiryState.OPEN.label),
        (EnquiryState.ANSWERED.value, EnquiryState.ANSWERED.label),
        (EnquiryState.CLOSED.value, EnquiryState.CLOSED.label),
        ("all", _("all")),
    )

    def pick(self, queryset, answer, today):
        return queryset.filter(state=answer)


class DueFilter(QuestionFilter):
    title = _("what is due")
    parameter_name = "due"
    answers = (
        ("overdue", _("overdue")),
        ("today", _("to be answered today")),
        ("again", _("to be looked at again")),
    )

    def pick(self, queryset, answer, today):
        is_open = Q(state=EnquiryState.OPEN)
        picked = {
            "overdue": is_open & Q(answer_by__lt=today),
            "today": is_open & Q(answer_by=today),
            "again": Q(look_again_on__lte=today),
        }
        return queryset.filter(picked[answer])


class DeskFilter(OfferedFilter):
    title = _("desk")
    parameter_name = "desk"

    def __init__(self, request, *args) -> None:
        self.user = request.user
        super().__init__(request, *args)

    def lookups(self, request, model_admin):
        return [("mine", _("my own desk")), ("agency", _("the agency as a whole"))]

    def pick(self, queryset, key):
        if key == "mine":
            return queryset.filter(assigned_post__in=posts_of(self.user))
        return queryset.filter(assigned_post__isnull=True)


class PlaceFilter(OfferedFilter):
    """Only places about which somebody has written."""

    title = _("place")
    parameter_name = "place"

    def lookups(self, request, model_admin):
        asked = Enquiry.objects.visible_to(request.user).order_by().values("area")
        areas = Area.objects.filter(pk__in=asked).select_related("parent")
        return [(str(area.pk), str(area)) for area in areas]

    def pick(self, queryset, key):
        return queryset.filter(area=key)


class LanguageFilter(OfferedFilter):
    """The language in which somebody wrote."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        rows = Enquiry.objects.visible_to(request.user).exclude(language="")
        codes = rows.order_by("language").values_list("language", flat=True).distinct()
        return [(code, language_name(code)) for code in codes]

    def pick(self, queryset, key):
        return queryset.filter(language=key)


FILTERS: list[type[admin.SimpleListFilter] | str] = [
    StateFilter,
    DueFilter,
    DeskFilter,
    "kind",
    PlaceFilter,
    LanguageFilter,
]
