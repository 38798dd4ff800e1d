"""Search that finds "Müller" by "mueller" and "Großpösna" by "Grosspoesna", on every database."""

from django.db.models import Exists, OuterRef, Q

from contacts.models import PlaceName
from contacts.names import search_keys


class FoldedSearch:
    """Search in `search_fields`, folded by the same two keys as place names.

    The texts are folded here and not in the database: there are some hundred contacts, no derived
    column can go stale, and SQLite compares only ASCII letters without regard to case. Every word
    has to occur; the number of queries does not depend on the rows.
    """

    def get_search_results(self, request, queryset, search_term):
        words = [search_keys(word) for word in search_term.split()]
        if not words:
            return queryset, False
        texts: dict[int, str] = {}
        for pk, *values in queryset.order_by().values_list("pk", *self.search_fields):
            texts[pk] = " ".join([texts.get(pk, ""), *(str(value or "") for value in values)])
        found = [pk for pk, text in texts.items() if _has_all(search_keys(text), words)]
        return queryset.filter(pk__in=found), False


def _has_all(keys: tuple[str, str], words: list[tuple[str, str]]) -> bool:
    return all(
        any(one and one in key for one, key in zip(word, keys, strict=True)) for word in words
    )


def named(queryset, typed: str, *, path: str = "pk"):
    """The rows of `queryset` whose place (at `path`) has a name or postal code like `typed`."""
    key1, key2 = search_keys(typed)
    if not key1:
        return queryset.none()
    names = PlaceName.objects.filter(area=OuterRef(path))
    found = Exists(names.filter(Q(key1__contains=key1) | Q(key2__contains=key2)))
    prefix = "" if path == "pk" else f"{path}__"
    if key1.isdigit():
        codes = queryset.filter(**{f"{prefix}postal_codes__code__startswith": key1}).values("pk")
        return queryset.filter(found | Q(pk__in=codes) | Q(**{f"{prefix}key__startswith": key1}))
    return queryset.filter(found)


class PlaceSearch:
    """Search by any name of a place, a postal code, or the beginning of the AGS."""

    place_path = "pk"

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return named(queryset, search_term, path=self.place_path), False
