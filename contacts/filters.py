"""The filters of the directory. Choices and matches come from the snapshot, not from joins."""

import datetime as dt
from collections.abc import Callable, Iterable

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.models import Post
from contacts.published import PostView
from contacts.snapshot import Snapshot
from contacts.spoken import language_name
from portal.templatetags.portal import direction
from portal.texts import Text

Choices = list[tuple[str, Text | str]]


class TextSelect(forms.Select):
    """A select box whose options say in which language they are, where that is another one."""

    def create_option(self, name, value, label, *args, **kwargs) -> dict:
        option = super().create_option(name, value, label, *args, **kwargs)
        if isinstance(label, Text) and label.is_fallback:
            option["attrs"] |= {"lang": label.language, "dir": direction(label.language)}
        return option


class FilterForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class DirectoryFilter(django_filters.FilterSet):
    """Filled posts of agencies at work, by agency, town, topic and spoken language.

    A filter with fewer than two choices would change nothing and is left out.
    """

    stelle = django_filters.ChoiceFilter(
        label=_("Agency"), empty_label=_("All agencies"), widget=TextSelect
    )
    ort = django_filters.ChoiceFilter(label=_("Town"), empty_label=_("All towns"))
    thema = django_filters.ChoiceFilter(
        label=_("Topic"), empty_label=_("All topics"), widget=TextSelect
    )
    sprache = django_filters.ChoiceFilter(
        label=_("Spoken language"), empty_label=_("All languages")
    )

    class Meta:
        model = Post
        fields = []
        form = FilterForm

    def __init__(self, data: QueryDict, *, snapshot: Snapshot, on: dt.date) -> None:
        super().__init__(data, Post.objects.published())
        self.snapshot, self.on = snapshot, on
        self.listed = [p for p in snapshot.posts.values() if self._is_listed(p)]
        self._matches: dict[str, Callable[[PostView, str], bool]] = {
            "stelle": lambda post, value: post.agency.slug == value,
            "ort": self._answers_for,
            "thema": self._has_topic,
            "sprache": lambda post, value: value in self._languages(post),
        }
        for name, choices in self._choices().items():
            if len(choices) < 2:
                del self.filters[name]
            else:
                self.filters[name].extra["choices"] = choices

    def posts(self) -> list[PostView]:
        """The posts that fit, agency by agency (by slug) and in the order of the team.

        No query: the directory answers while the database is away, too.
        """
        self.form.is_valid()  # what is no choice is left out, and said
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        return sorted(
            (p for p in self.listed if all(self._matches[n](p, v) for n, v in chosen.items())),
            key=lambda post: (post.agency.slug, post.rank, post.slug),
        )

    def _is_listed(self, post: PostView) -> bool:
        return post.is_filled and not post.agency.is_finished(self.on)

    def _choices(self) -> dict[str, Choices]:
        agencies = {post.agency.slug: post.agency.name for post in self.listed}
        topics = {topic.slug: topic.name for topic in self.snapshot.topics}
        languages = {code: language_name(code) for p in self.listed for code in self._languages(p)}
        districts = {district for post in self.listed for district in post.agency.districts}
        towns = [t for d in districts for t in self.snapshot.gazetteer.municipalities_of(d)]
        return {
            "stelle": sorted(agencies.items()),
            "ort": [(town.slug, town.name) for town in sorted(towns, key=lambda t: t.sort_key)],
            "thema": _by_name(topics.items()),
            "sprache": _by_name(languages.items()),
        }

    def _answers_for(self, post: PostView, slug: str) -> bool:
        town = self.snapshot.gazetteer.municipality_by_slug[slug]
        return any(
            rule.area in town.ladder or rule.area.municipality is town
            for rule in self.snapshot.areas_of(post, self.on)
        )

    def _has_topic(self, post: PostView, slug: str) -> bool:
        topic = self.snapshot.topic(slug)
        return topic.id in post.topic_ids or any(
            rule.topic_id == topic.id for rule in self.snapshot.areas_of(post, self.on)
        )

    def _languages(self, post: PostView) -> tuple[str, ...]:
        return tuple(code for person in post.holders(self.on) for code in person.languages)


def _by_name(choices: Iterable[tuple[str, Text | str]]) -> Choices:
    return sorted(choices, key=lambda choice: str(choice[1]).casefold())
