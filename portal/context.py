"""What the page shell needs on every page: navigation, languages, addresses. No query."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, get_language_info, pgettext
from django.utils.translation import gettext as _

from portal import own_links
from portal.languages import offered_code

SITE_NAME = "Ansprechbar"


def absolute(request: HttpRequest, path: str) -> str:
    """`path` as the public reaches it: at `SITE_URL`, else at the host that was asked."""
    if settings.SITE_URL:
        return settings.SITE_URL + path
    try:
        return request.build_absolute_uri(path)
    except DisallowedHost:  # the page that says so has links, too
        return path


def site_address(request: HttpRequest) -> str:
    """Where links in mails lead, without a slash at the end."""
    return absolute(request, "/").rstrip("/")


@dataclass(frozen=True)
class NavigationItem:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Alternate:
    """The same page in another language, the language named in its own script."""

    code: str
    name: str
    direction: str
    path: str
    url: str
    is_current: bool


class Shell:
    """The frame of a page; each part is worked out when a template asks for it."""

    site_name = SITE_NAME

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def is_last_good(self) -> bool:
        """Whether the database is away and this page shows what was good last."""
        return getattr(getattr(self.request, "versions", None), "is_last_good", False)

    @property
    def preview_on(self) -> dt.date | None:
        """The day for which an editor looks at a page as it would be; None for the real page."""
        return getattr(self.request, "preview_on", None)

    @property
    def applicant(self):
        """Who is logged in with a code, on pages behind that log-in; public pages never ask."""
        return getattr(self.request, "applicant", None)

    @property
    def own_links(self) -> list[own_links.Link]:
        """Links for whoever is logged in with a code."""
        return own_links.links()

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def direction(self) -> str:
        return "rtl" if get_language_bidi() else "ltr"

    @property
    def request_id(self) -> str:
        return getattr(self.request, "request_id", "")

    @cached_property
    def home_url(self) -> str:
        return reverse("home")

    @cached_property
    def navigation(self) -> list[NavigationItem]:
        path = self.request.path
        home = self.home_url
        items = [
            (_("Who is responsible?"), home, (reverse("contacts:look_up"), f"{home}orte/")),
            (_("Contacts"), reverse("contacts:directory"), ()),
            (pgettext("menu", "Agencies"), reverse("contacts:agencies"), (f"{home}standorte/",)),
            (_("Map"), reverse("contacts:map"), ()),
            (_("Enquiries"), reverse("contacts:enquiries"), ()),
            (_("Offers"), reverse("projects:offers"), ()),
            (_("Funding"), reverse("projects:programmes"), (f"{home}antrag/",)),
        ]
        return [
            NavigationItem(
                label,
                url,
                path == url or path.startswith((*below, *([url] if url != home else []))),
            )
            for label, url, below in items
        ]

    @cached_property
    def is_prefixed(self) -> bool:
        """Whether this page has its language in the address."""
        return offered_code(self.request.path_info.split("/")[1]) is not None

    @cached_property
    def alternates(self) -> list[Alternate]:
        """This page in every language; from a page without one, the start pages."""
        rest = "/"
        if self.is_prefixed:
            rest = "/" + self.request.get_full_path()[1:].partition("/")[2]
        alternates = []
        for code, _name in settings.LANGUAGES:
            info = get_language_info(code)
            path = f"/{code}{rest}"
            alternates.append(
                Alternate(
                    code,
                    info["name_local"][:1].upper() + info["name_local"][1:],
                    "rtl" if info["bidi"] else "ltr",
                    path,
                    absolute(self.request, path),
                    code == self.language,
                )
            )
        return alternates

    @property
    def other_languages(self) -> list[Alternate]:
        return [alternate for alternate in self.alternates if not alternate.is_current]

    @property
    def current_language(self) -> Alternate | None:
        return next((a for a in self.alternates if a.is_current), None)

    @cached_property
    def canonical(self) -> str:
        return absolute(self.request, self.request.get_full_path())

    @cached_property
    def default_url(self) -> str:
        """Where a reader of no offered language is sent (hreflang `x-default`)."""
        default = settings.LANGUAGE_CODE
        return next((a.url for a in self.alternates if a.code == default), self.canonical)


def shell(request: HttpRequest) -> dict:
    return {"shell": Shell(request)}
