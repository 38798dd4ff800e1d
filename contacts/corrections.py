"""Taking in what visitors tell us."""

import datetime as dt
from collections.abc import Callable, Mapping

from django.urls import Resolver404, resolve
from django.utils.translation import get_language, gettext_lazy, override

from contacts.models import Correction
from contacts.proposals import differences
from contacts.published import AgencyView
from contacts.resolver import resolve as resolve_place
from contacts.snapshot import Snapshot
from portal import jobs
from portal.languages import offered_code

CONTACT_KEPT = dt.timedelta(days=30)  # as the privacy page says

# Whose page it is, by the name of its route: an app whose pages belong to agencies says so here.
PageOwner = Callable[[Mapping[str, str]], AgencyView | None]
_owners: dict[str, PageOwner] = {}


def register_page(url_name: str, owner: PageOwner) -> None:
    """Send what is said about the page `url_name` to the agency that `owner` names.

    It gets the arguments of the address.
    """
    _owners[url_name] = owner


def receive(
    message: Mapping[str, str],
    *,
    card: Mapping[str, str] | None = None,
    wanted: Mapping[str, str] | None = None,
    nonce: str,
    snapshot: Snapshot,
    on: dt.date,
    now: dt.datetime,
) -> Correction:
    """Store a valid message for the agency that its page belongs to on the local date `on`.

    A page that belongs to none makes it a message for all of them. `card` is what a contact card
    has shown, `wanted` what it should say. `nonce` names the form: what it brings a second time is
    dropped, and what it brought first is returned.
    """
    post = snapshot.post(card["post"]) if card else None
    agency = post.agency if post else agency_of_page(message["page"], snapshot=snapshot, on=on)
    correction, _is_new = Correction.objects.get_or_create(
        nonce=nonce,
        defaults={
            "kind": message.get("kind") or Correction.Kind.WRONG,
            "post_id": post.id if post else None,
            "asked": message.get("asked", ""),
            "proposed": differences(card, wanted) if post else {},
            "language": get_language() or "",
            "agency_id": agency.id if agency else None,
            "page": message["page"],
            "text": message["text"],
            "contact": message["contact"],
            "received_at": now,
        },
    )
    return correction


def agency_of_page(path: str, *, snapshot: Snapshot, on: dt.date) -> AgencyView | None:
    """The agency whose page `path` is, or whose place it shows."""
    code = offered_code(path.lstrip("/").partition("/")[0])
    try:
        with override(code):
            match = resolve(path.partition("?")[0])
    except Resolver404:
        return None
    if match.view_name in _owners:
        return _owners[match.view_name](match.kwargs)
    slug = match.kwargs.get("slug", "")
    if match.url_name == "agency":
        return snapshot.agency(slug)
    if match.url_name in ("post", "office"):
        found = getattr(snapshot, match.url_name)(slug)
        return found.agency if found else None
    place = snapshot.gazetteer.municipality_by_slug.get(match.kwargs.get("municipality", ""))
    return resolve_place(place, on=on, snapshot=snapshot).agency if place else None


def forget_contacts(now: dt.datetime) -> str:
    """Erase how senders can be reached, `CONTACT_KEPT` after their message was closed."""
    old = Correction.objects.filter(closed_at__lt=now - CONTACT_KEPT).exclude(contact="")
    count = old.update(contact="")
    return f"{count} contacts of senders erased" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Erases how senders of settled notes can be reached")
    jobs.register(jobs.Job("forget-senders", label, jobs.Nightly(), forget_contacts))
