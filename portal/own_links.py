"""The links beside "Account" on pages behind the log-in; apps add their own."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACCOUNT = (_("Account"), "entrance:account")


@dataclass(frozen=True)
class Link:
    label: str | Promise
    url: str


_links: list[tuple[str | Promise, str]] = []


def register_link(label: str | Promise, url_name: str) -> None:
    """Show a link to the page `url_name`, which needs no arguments, from now on."""
    if (label, url_name) not in _links:
        _links.append((label, url_name))


def links() -> list[Link]:
    """All links in the order of their registration, the account last."""
    return [Link(label, reverse(name)) for label, name in (*_links, ACCOUNT)]


def home() -> str:
    """Where a log-in leads that was not on the way to anywhere."""
    return links()[0].url
