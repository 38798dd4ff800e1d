"""Responsibilities in the administration: pages and actions that call `contacts.responsibilities`.

Nothing here writes a rule: the forms (`contacts.admin.rule_forms`) make `Change`s, `publish` hands
them on, and what they lead to is told to the editor.
"""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts import consequences, responsibilities
from contacts.admin.filters import AgencyFilter, InForceFilter, TopicFilter
from contacts.admin.rule_forms import (
    DroppingFormSet,
    MoveForm,
    RuleForm,
    RuleFormSet,
    SingleRuleForm,
)
from contacts.admin.scoped import ScopedAdmin, ScopedInline
from contacts.admin.search import PlaceSearch
from contacts.consequences import Consequences, some_of
from contacts.labels import holder_names, post_label
from contacts.models import Agency, Post, Responsibility
from contacts.publishing import RefusedError
from contacts.rule_checks import Change, day_in_words
from contacts.spans import not_ended
from portal import clock


def publish(request, agency: Agency, changes: Iterable[Change], reason: str = ""):
    """Publish, and tell the editor which answers that takes away."""
    published, found = consequences.publish(
        agency, changes, by=request.user, reason=reason, now=clock.now()
    )
    tell(request, found)
    return published


def tell(request, found: Consequences) -> None:
    for turn in found.turns:
        messages.warning(request, _("A golden case has turned: %s") % turn)
    for gap in found.gaps:
        messages.warning(request, str(gap))
    if found.still_wrong:
        names = some_of([f"“{case.typed}”" for case in found.still_wrong])
        messages.info(request, _("Golden cases that were wrong before and still are: %s") % names)


class RefusalsInWords:
    """A page on which a refusal by the verb is a message: nothing is written, not even half."""

    def changeform_view(self, request, *args, **kwargs):
        return self._or_say_why(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        return self._or_say_why(request, super().delete_view, *args, **kwargs)

    def response_action(self, request, queryset):
        return self._or_say_why(request, super().response_action, queryset)

    def _or_say_why(self, request, view, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except RefusedError as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class RuleInline(ScopedInline):
    """The towns of a post on the post's page; ended rules are in the list of responsibilities."""

    model = Responsibility
    form = RuleForm
    formset = RuleFormSet
    fields = ["area", "topic", "valid_from", "valid_until", "joint"]
    autocomplete_fields = ["area"]
    extra = 1
    verbose_name_plural = gettext_lazy("Places of this post")

    def get_queryset(self, request):
        rules = super().get_queryset(request).filter(not_ended(clock.today()))
        rules = rules.select_related("post__agency", "area__parent", "topic")
        return rules.prefetch_related("post__translations", "topic__translations")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "topic":  # read once, not once a row
            topics = field.queryset.prefetch_related("translations")
            field.choices = [("", "–"), *((topic.pk, str(topic)) for topic in topics)]
        return field


def save_rules(model_admin, request, formset: RuleFormSet) -> None:
    """What `ModelAdmin.save_formset` does for other rows, by way of the verb."""
    kept = formset.kept()
    publish(request, formset.instance.agency, formset.changes())
    formset.new_objects = [form.instance for form in kept if form.change.rule is None]
    formset.changed_objects = [
        (form.instance, form.changed_data) for form in kept if form.change.rule is not None
    ]
    formset.deleted_objects = [change.rule for change in formset.gone()]


def tell_vanished(request, formset: DroppingFormSet) -> None:
    count = len(formset.vanished())
    if count:
        text = ngettext(
            "Somebody else has deleted %d row of this page meanwhile. It has been left out.",
            "Somebody else has deleted %d rows of this page meanwhile. They have been left out.",
            count,
        )
        messages.warning(request, text % count)


@admin.register(Responsibility)
class ResponsibilityAdmin(RefusalsInWords, PlaceSearch, ScopedAdmin):
    rank = 2
    form = SingleRuleForm
    place_path = "area"
    task = "contacts"
    list_display = ["area", "answers", "topic", "valid_from", "valid_until", "agency"]
    list_filter = [InForceFilter, AgencyFilter, "joint", TopicFilter]
    search_fields = ["area__name"]
    search_help_text = gettext_lazy("Any name of the place, or a postal code")
    autocomplete_fields = ["post", "area", "topic"]
    actions = ["end_today", "move_to_another_post"]
    fieldsets = [
        (
            gettext_lazy("Who answers for which place"),
            {"fields": ["area", "post", "topic", "joint"]},
        ),
        (
            gettext_lazy("From when until when"),
            {
                "fields": [("valid_from", "valid_until")],
                "description": gettext_lazy(
                    "Both days count. Empty means unknown, or without an end."
                ),
            },
        ),
        (gettext_lazy("Why"), {"fields": ["reason"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if self.may_change(request, obj) else fieldsets[:-1]

    def get_queryset(self, request):
        rules = (
            super()
            .get_queryset(request)
            .select_related("post__agency", "post__office", "area__parent", "topic")
        )
        return rules.prefetch_related(
            "post__translations",
            "post__tenures__person",
            "topic__translations",
            "post__agency__translations",
        )

    @admin.display(description=gettext_lazy("answers"), ordering="post")
    def answers(self, rule: Responsibility) -> str:
        return holder_names(rule.post, on=clock.today()) or str(rule.post)

    @admin.display(description=gettext_lazy("agency"))
    def agency(self, rule: Responsibility) -> str:
        return str(rule.post.agency)

    # Writing --------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change) -> None:
        published = publish(
            request, obj.post.agency, [form.change], form.cleaned_data.get("reason", "")
        )
        if obj.pk is None:
            obj.pk = published.after[0]["id"]

    def delete_model(self, request, obj) -> None:
        publish(request, obj.post.agency, [responsibilities.delete(obj)], _("deleted"))

    def delete_queryset(self, request, queryset) -> None:
        self._publish_each(request, queryset, lambda rules: map(responsibilities.delete, rules))

    def _publish_each(self, request, rules, changes_for, reason: str = "") -> int:
        """One publication an agency, all in one transaction; returns how many rules changed.

        What follows from them is told when none has been refused.
        """
        by_agency: dict[Agency, list[Responsibility]] = {}
        for rule in rules:
            by_agency.setdefault(rule.post.agency, []).append(rule)
        by = {"by": request.user, "reason": reason, "now": clock.now()}
        with transaction.atomic():
            outcomes = [
                consequences.publish(agency, changes_for(own), **by)
                for agency, own in by_agency.items()
            ]
        for _published, found in outcomes:
            tell(request, found)
        return sum(len(published.before) for published, _found in outcomes if published)

    # Actions --------------------------------------------------------------------------------------

    def _changeable(self, request, queryset) -> list[Responsibility]:
        return [rule for rule in queryset if self.may_change(request, rule)]

    @admin.action(description=gettext_lazy("End today"), permissions=["change"])
    def end_today(self, request, queryset) -> None:
        today = clock.today()
        rules = self._changeable(request, queryset)
        try:
            count = self._publish_each(
                request, rules, lambda own: responsibilities.end(own, on=today), _("ended")
            )
        except RefusedError as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
            return
        self.message_user(
            request,
            ngettext(
                "%d rule answers today for the last time.",
                "%d rules answer today for the last time.",
                count,
            )
            % count,
            messages.SUCCESS,
        )

    @admin.action(description=gettext_lazy("Move to another post …"), permissions=["change"])
    def move_to_another_post(self, request, queryset):
        rules = self._changeable(request, queryset)
        agencies = {rule.post.agency for rule in rules}
        if len(agencies) != 1:
            self.message_user(request, _("Choose responsibilities of one agency."), messages.ERROR)
            return None
        (agency,) = agencies
        posts = self.choices_for(Post, request).of_agencies([agency.pk])
        asked = "first_day" in request.POST
        form = MoveForm(
            request.POST if asked else None, posts=posts, initial={"first_day": clock.today()}
        )
        if asked and form.is_valid() and self._move(request, rules, form):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Move to another post"),
            "opts": self.opts,
            "form": form,
            "rules": rules,
            "selected": ACTION_CHECKBOX_NAME,
            "action": "move_to_another_post",
        }
        return TemplateResponse(request, "admin/contacts/responsibility/move.html", context)

    def _move(self, request, rules, form: MoveForm) -> bool:
        values = form.cleaned_data
        try:
            count = self._publish_each(
                request,
                rules,
                lambda own: responsibilities.move(own, to=values["post"], on=values["first_day"]),
                values["reason"],
            )
        except RefusedError as refused:
            for message in refused.messages:
                form.add_error(None, message)
            return False
        post, first_day = values["post"], values["first_day"]
        said = {
            "n": count,
            "post": post_label(post, on=first_day),
            "day": day_in_words(first_day),
        }
        if not count:
            form.add_error(
                "post", _("Nothing changes: %(post)s has these places, or they have ended.") % said
            )
            return False
        text = ngettext(
            "%(n)d place moved to %(post)s, from %(day)s on.",
            "%(n)d places moved to %(post)s, from %(day)s on.",
            count,
        )
        self.message_user(request, text % said, messages.SUCCESS)
        return True
