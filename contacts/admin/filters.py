"""List filters that answer an editor's question."""

import datetime as dt

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contacts import confirming, snapshot
from contacts.models import Agency, Area, Doubt, Post, Responsibility, Tenure, Topic
from contacts.resolver import Outcome, resolve
from contacts.spans import begun, not_ended
from portal import clock, data_version
from portal.admin_filters import OfferedFilter

SOON = dt.timedelta(days=30)


class QuestionFilter(admin.SimpleListFilter):
    """A filter whose `answers` are (key, text); `pick` returns the rows for one of them."""

    answers: tuple[tuple[str, str], ...] = ()

    def lookups(self, request, model_admin):
        return self.answers

    def queryset(self, request, queryset):
        if self.value() not in dict(self.answers):
            return queryset
        return self.pick(queryset, self.value(), clock.today())

    def pick(self, queryset, answer: str, today: dt.date):
        raise NotImplementedError


class InForceFilter(QuestionFilter):
    title = _("when")
    parameter_name = "when"
    answers = (
        ("today", _("in force today")),
        ("soon", _("ending within 30 days")),
        ("later", _("beginning later")),
        ("over", _("ended")),
    )

    def pick(self, queryset, answer, today):
        if answer == "today":
            return queryset.filter(begun(today), not_ended(today))
        if answer == "soon":
            return queryset.filter(begun(today), valid_until__range=(today, today + SOON))
        if answer == "later":
            return queryset.filter(valid_from__gt=today)
        return queryset.filter(valid_until__lt=today)


class PostQuestionFilter(QuestionFilter):
    title = _("what needs doing")
    parameter_name = "todo"
    answers = (
        ("unfilled", _("vacant or planned")),
        ("unconfirmed", _("not confirmed for a year")),
        ("doubted", _("open doubts")),
        ("nobody", _("filled, holder not recorded")),
        ("ending", _("holder or towns ending within 30 days")),
        ("idle", _("without a town today")),
        ("unreachable", _("without telephone and e-mail")),
    )

    def pick(self, queryset, answer, today):
        holders = Tenure.objects.filter(post=OuterRef("pk"))
        rules = Responsibility.objects.filter(post=OuterRef("pk"))
        soon = (today, today + SOON)
        picked = {
            "unfilled": ~Q(staffing=Post.Staffing.FILLED),
            "unconfirmed": confirming.unconfirmed(today),
            "doubted": Exists(Doubt.objects.open().filter(post=OuterRef("pk"))),
            "nobody": Q(staffing=Post.Staffing.FILLED)
            & ~Exists(holders.filter(begun(today), not_ended(today))),
            "ending": Exists(holders.filter(valid_until__range=soon))
            | Exists(rules.filter(valid_until__range=soon)),
            "idle": ~Exists(rules.current(today)),
            "unreachable": Q(phone="", phone_alternative="", email=""),
        }
        return queryset.filter(picked[answer])


class AnswerFilter(QuestionFilter):
    """Asks the resolver, so that the list and the public pages never disagree."""

    title = _("who answers today")
    parameter_name = "answer"
    answers = (
        ("gap", _("gap: covered, but nobody answers")),
        ("answered", _("somebody answers")),
        ("outside", _("not covered")),
    )
    kinds = frozenset({Area.Kind.MUNICIPALITY})
    outcomes = {
        "gap": Outcome.UNASSIGNED,
        "answered": Outcome.EXACT,
        "outside": Outcome.OUTSIDE,
    }

    def pick(self, queryset, answer, today):
        held = snapshot.current(data_version.read())
        found = [
            place.id
            for place in held.gazetteer.by_id.values()
            if place.kind in self.kinds
            and resolve(place, on=today, snapshot=held).outcome is self.outcomes[answer]
        ]
        return queryset.filter(pk__in=found)


class FirstAnswerFilter(QuestionFilter):
    """A list opens with the first answer; "all" is the last one."""

    def value(self):
        return super().value() or self.answers[0][0]

    def choices(self, changelist):
        for key, text in self.answers:
            yield {
                "selected": self.value() == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": text,
            }

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else super().queryset(request, queryset)


class OpenFilter(FirstAnswerFilter):
    """Open ones first: whoever opens the list sees what is left to do."""

    title = _("state")
    parameter_name = "state"
    answers = (("open", _("open")), ("closed", _("closed")), ("all", _("all")))

    def pick(self, queryset, answer, today):
        return queryset.filter(closed_at__isnull=answer == "open")


class InUseFilter(FirstAnswerFilter):
    """What is in use comes first; the rest is one click away."""

    title = _("use")
    parameter_name = "use"
    answers = (("now", _("in use")), ("not", _("out of use")), ("all", _("all")))

    def pick(self, queryset, answer, today):
        return queryset.filter(archived_on__isnull=answer == "now")


class AgencyFilter(OfferedFilter):
    """Only the agencies that exist for the user; no filter where that is one."""

    title = _("agency")
    parameter_name = "agency"

    def lookups(self, request, model_admin):
        agencies = Agency.objects.visible_to(request.user).prefetch_related("translations")
        return [(str(agency.pk), str(agency)) for agency in agencies] if len(agencies) > 1 else []

    def pick(self, queryset, key):
        return queryset.of_agencies([key])


class TopicFilter(OfferedFilter):
    title = _("topic")
    parameter_name = "topic"

    def lookups(self, request, model_admin):
        topics = Topic.objects.visible_to(request.user).prefetch_related("translations")
        return [("none", _("general")), *((str(topic.pk), str(topic)) for topic in topics)]

    def pick(self, queryset, key):
        if key == "none":
            return queryset.filter(topic__isnull=True)
        return queryset.filter(topic=key)
