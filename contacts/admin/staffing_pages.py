"""What changes when colleagues come, go, or are away: three pages that publish.

"Hand over" moves towns to another post from a day on. "New holder" lets one person follow another
in a post. "Absence" names a stand-in. Each shows who answers before and after, and can be taken
back.
"""

import calendar
import datetime as dt

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import responsibilities, staffing
from contacts.admin.keys import RowsField
from contacts.admin.publishing_page import Wish, publishing_page
from contacts.admin.rule_forms import MoveForm
from contacts.admin.scoped import Native, PostChoiceField
from contacts.models import Person, Post, Publication, Responsibility, Tenure
from contacts.records import Edit
from contacts.rule_checks import Row, day_in_words
from contacts.spans import not_ended
from portal import clock


def next_monday(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=7 - today.weekday())


def end_of_month(today: dt.date) -> dt.date:
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


class RuleChoiceField(RowsField):
    """Rules to tick, each by its place."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Responsibility) -> str:
        label = Row.of(obj).place_label
        if obj.valid_from and obj.valid_from > clock.today():
            return _("%(place)s, from %(day)s on") % {
                "place": label,
                "day": day_in_words(obj.valid_from),
            }
        return label


class HandOverForm(MoveForm):
    """All places of a post are ticked: whoever hands over only part of them takes ticks away."""

    rules = RuleChoiceField(
        label=gettext_lazy("places"),
        queryset=Responsibility.objects.none(),
        error_messages={"required": gettext_lazy("Tick at least one place.")},
    )
    field_order = ["post", "first_day", "reason", "rules"]

    def __init__(self, *args, rules, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rules"].queryset = rules
        self.fields["rules"].initial = [rule.pk for rule in rules]
        self.fields["post"].label = _("colleague")


class NewHolderForm(forms.Form):
    """Who leaves, who follows, and the last day of the one."""

    leaving = forms.ModelChoiceField(
        label=gettext_lazy("who leaves"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("last day"),
        widget=Native,
        help_text=gettext_lazy("Whoever follows holds the post from the day after."),
    )
    following = forms.ModelChoiceField(
        label=gettext_lazy("who follows"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("not known yet"),
    )
    new_name = forms.CharField(
        label=gettext_lazy("or a new colleague"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("First name and surname, if the person is not in the list."),
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200, required=False)

    def __init__(self, *args, holders, colleagues, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaving"].queryset = holders
        self.fields["following"].queryset = colleagues

    def clean_last_day(self) -> dt.date:
        last_day = self.cleaned_data["last_day"]
        if last_day == dt.date.max:  # there is no day after it
            raise ValidationError(_("Choose an earlier day."))
        return last_day

    def clean(self):
        cleaned = super().clean()
        following, new_name = cleaned.get("following"), cleaned.get("new_name")
        if following and new_name:
            self.add_error("new_name", _("Choose somebody from the list or enter a new name."))
        if following and following == cleaned.get("leaving"):
            self.add_error("following", _("Nobody follows himself or herself."))
        if not (following or new_name or cleaned.get("leaving")):
            raise ValidationError(_("Say who leaves, who follows, or both."))
        return cleaned


class AbsenceForm(forms.Form):
    """From when until when, and who stands in. Why is nobody's business."""

    first_day = forms.DateField(label=gettext_lazy("first day"), widget=Native)
    last_day = forms.DateField(
        label=gettext_lazy("last day"),
        widget=Native,
        required=False,
        help_text=gettext_lazy("Empty while nobody knows."),
    )
    stand_in = PostChoiceField(
        label=gettext_lazy("stand-in"),
        queryset=Post.objects.none(),
        required=False,
        help_text=gettext_lazy("Shown first while the person is away."),
    )

    def __init__(self, *args, posts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].queryset = posts

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned


class PublishingPages:
    """For a `ModelAdmin` with pages that publish: (last step of the address, method) of each."""

    publishing_pages: tuple[tuple[str, str], ...] = ()

    def get_urls(self):
        own = [
            path(
                f"<path:object_id>/{step}/",
                self.admin_site.admin_view(getattr(self, method)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{method}",
            )
            for step, method in self.publishing_pages
        ]
        return [*own, *super().get_urls()]

    def to_change(self, request, object_id: str):
        """The row, for whoever may change it; 404 or 403 for everybody else."""
        row = self.get_object(request, object_id)
        if not self.may_change(request, row):
            raise PermissionDenied
        return row

    def own_page(self, row) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])


class PostPages(PublishingPages):
    publishing_pages = (("hand-over", "hand_over"), ("new-holder", "new_holder"))

    def hand_over(self, request, object_id: str):
        post = self.to_change(request, object_id)
        rules = (
            Responsibility.objects.visible_to(request.user)
            .filter(not_ended(clock.today()), post=post)
            .select_related("post__agency", "area__parent", "topic")
            .prefetch_related("post__translations", "topic__translations")
        )
        form = HandOverForm(
            request.POST if request.method == "POST" else None,
            rules=rules,
            posts=self.colleagues_posts(request, post),
            initial={"first_day": next_monday(clock.today())},
        )
        return publishing_page(
            self,
            request,
            agency=post.agency,
            title=_("Hand over: %s") % self.choice_label(post),
            kind=Publication.Kind.HAND_OVER,
            form=form,
            wish=self._hand_over_wish,
            back=self.own_page(post),
        )

    def _hand_over_wish(self, form: HandOverForm) -> Wish:
        values = form.cleaned_data
        rules = list(values["rules"])
        towns = [rule.area for rule in rules][:20]
        return Wish(
            changes=responsibilities.move(rules, to=values["post"], on=values["first_day"]),
            on=values["first_day"],
            reason=values["reason"],
            pages=[(area.get_absolute_url(), str(area)) for area in towns],
        )

    def new_holder(self, request, object_id: str):
        post = self.to_change(request, object_id)
        today = clock.today()
        holders = Person.objects.filter(
            pk__in=Tenure.objects.filter(not_ended(today), post=post).values("person")
        )
        form = NewHolderForm(
            request.POST if request.method == "POST" else None,
            holders=holders,
            colleagues=self.choices_for(Person, request).of_agencies([post.agency_id]),
            initial={"leaving": holders.first(), "last_day": end_of_month(today)},
        )
        return publishing_page(
            self,
            request,
            agency=post.agency,
            title=_("New holder: %s") % post,
            kind=Publication.Kind.REPLACEMENT,
            form=form,
            wish=lambda form: self._new_holder_wish(post, form),
            back=self.own_page(post),
        )

    def _new_holder_wish(self, post: Post, form: NewHolderForm) -> Wish:
        values = form.cleaned_data
        following, edits = values["following"], []
        if values["new_name"]:
            following = Person(agency=post.agency, name=values["new_name"])
            edits = [Edit(None, following)]
        edits += staffing.replace_holder(
            post, leaving=values["leaving"], following=following, last_day=values["last_day"]
        )
        return Wish(
            edits=edits,
            on=values["last_day"] + staffing.ONE_DAY,
            reason=values["reason"],
            pages=[(post.get_absolute_url(), str(post))],
        )

    def colleagues_posts(self, request, post: Post):
        posts = self.choices_for(Post, request).of_agencies([post.agency_id])
        return posts.exclude(pk=post.pk)


class PersonPages(PublishingPages):
    publishing_pages = (("absence", "absence"),)

    def absence(self, request, object_id: str):
        person = self.to_change(request, object_id)
        held = [tenure.post for tenure in person.tenures.filter(not_ended(clock.today()))]
        posts = self.choices_for(Post, request).of_agencies([person.agency_id])
        form = AbsenceForm(
            request.POST if request.method == "POST" else None,
            posts=posts.exclude(pk__in=[post.pk for post in held]),
            initial={
                "first_day": clock.today(),
                "stand_in": next((post.deputy_id for post in held if post.deputy_id), None),
            },
        )
        return publishing_page(
            self,
            request,
            agency=person.agency,
            title=_("Absence: %s") % person,
            kind=Publication.Kind.ABSENCE,
            form=form,
            wish=lambda form: self._absence_wish(person, held, form),
            back=self.own_page(person),
        )

    def _absence_wish(self, person: Person, held: list[Post], form: AbsenceForm) -> Wish:
        values = form.cleaned_data
        return Wish(
            edits=staffing.note_absence(person, **values),
            on=values["first_day"],
            pages=[(post.get_absolute_url(), str(post)) for post in held],
        )
