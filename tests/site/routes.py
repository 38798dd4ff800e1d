"""Every route of the URLconf, so that a test can ask for each, and none is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern


@dataclass(frozen=True)
class Route:
    """`name` with its namespace, such as `contacts:post`; unnamed ones have "" at the end."""

    name: str
    pattern: str

    @property
    def is_admin(self) -> bool:
        """Whether it is for staff: the administration, or the accounts below it."""
        return self.pattern.startswith("verwaltung/")


def routes(urlconf: str = "portal.urls") -> list[Route]:
    return list(_walk(get_resolver(urlconf), "", ""))


def _walk(resolver: URLResolver, names: str, path: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        is_language = isinstance(entry.pattern, LocalePrefixPattern)
        where = path + ("<language>/" if is_language else str(entry.pattern))
        if isinstance(entry, URLResolver):
            inside = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from _walk(entry, inside, where)
        else:
            yield Route(names + (entry.name or ""), where)
