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


_links: list[tuple[int, str | Promise, str]] = []


def register_link(label: str | Promise, url_name: str, *, rank: int = 0) -> None:
    """Show a link to the page `url_name`, which needs no arguments, from now on.

    Links of a lower `rank` come first, those of the same one in the order of registration.
    """
    if (rank, label, url_name) not in _links:
        _links.append((rank, label, url_name))
        _links.sort(key=lambda link: link[0])


def links() -> list[Link]:
    """All links in their order, the account last."""
    registered = ((label, name) for _rank, label, name in _links)
    return [Link(label, reverse(name)) for label, name in (*registered, ACCOUNT)]


def home() -> str:
    """Where a log-in leads that was not on the way to anywhere."""
    return links()[0].url
