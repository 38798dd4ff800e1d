"""What a visitor proposes for a contact: what was shown, what it should be, and taking it over.

A proposal is kept in `Correction.proposed` as {field: {"shown": …, "wanted": …}}. Staff see it
field by field, beside what is stored now, and take over what they tick; that is one publication
like any other, and the sender is told in the same transaction.
"""

import copy
import datetime as dt
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import consequences
from contacts.consequences import Consequences
from contacts.models import Correction, Person, Post
from contacts.models.constraints import validate_phone
from contacts.published import PostView, in_force
from contacts.records import Edit
from portal import clock, outbox

HOLDER = "holder"
FIELDS = {
    HOLDER: gettext_lazy("Name"),
    "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail address"),
    "room": gettext_lazy("Room"),
}
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
VALIDATORS = {"phone": validate_phone, "email": validate_email}


def shown_of(post: PostView, *, on: dt.date) -> dict[str, str]:
    """What the contact card of `post` says on the local date `on`, by the keys of `FIELDS`."""
    return {
        HOLDER: ", ".join(person.name for person in post.holders(on)),
        "phone": post.phone,
        "email": post.email,
        "room": post.room,
    }


def in_one_line(text: str) -> str:
    """`text` without line breaks, and without the signs that turn the direction of what follows:
    with those, staff would read another name or number than they take over."""
    line = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text if c not in TURNING)
    return " ".join(line.split())


def differences(shown: dict[str, str], wanted: dict[str, str]) -> dict[str, dict[str, str]]:
    """The fields in which the two differ, as `Correction.proposed` keeps them."""
    return {
        name: {"shown": shown.get(name, ""), "wanted": in_one_line(wanted[name])}
        for name in FIELDS
        if name in wanted and in_one_line(wanted[name]) != shown.get(name, "")
    }


@dataclass(frozen=True)
class Proposal:
    """One field: what the visitor saw, what is stored now, what it should be.

    `obstacle` says why it cannot be taken over with a tick; "" when it can.
    """

    name: str
    label: str
    shown: str
    now: str
    wanted: str
    obstacle: str

    @property
    def is_done(self) -> bool:
        return self.now == self.wanted


def proposals_of(correction: Correction, *, on: dt.date) -> list[Proposal]:
    """The proposals of `correction`, beside what is stored on the local date `on`."""
    if correction.post is None:
        return []
    holders = _holders(correction.post, on)
    found = []
    for name, values in correction.proposed.items():
        if name not in FIELDS:
            continue
        if name == HOLDER:
            now = ", ".join(person.name for person in holders)
            obstacle = _holder_obstacle(holders, values["wanted"])
        else:
            now = getattr(correction.post, name)
            obstacle = _value_obstacle(name, values["wanted"])
        label = str(FIELDS[name])
        found.append(Proposal(name, label, values["shown"], now, values["wanted"], obstacle))
    return found


def _holders(post: Post, on: dt.date) -> list[Person]:
    tenures = post.tenures.select_related("person")
    return [t.person for t in tenures if in_force(t.valid_from, t.valid_until, on)]


def _holder_obstacle(holders: list[Person], wanted: str) -> str:
    if len(holders) != 1 or not wanted:
        return _("Another person: use “New holder” on the page of the post.")
    return ""


def _value_obstacle(name: str, wanted: str) -> str:
    try:
        if wanted and name in VALIDATORS:
            VALIDATORS[name](wanted)
        if len(wanted) > Post._meta.get_field(name).max_length:
            return _("Too long.")
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


@transaction.atomic
def accept(
    correction: Correction, names: Collection[str], *, by, site: str, now: dt.datetime
) -> Consequences | None:
    """Take over the fields `names` of an open correction, close it, and thank the sender.

    None when somebody else has decided it meanwhile. Raises `RefusedError` as publishing does, and
    `ValidationError` when nothing was ticked, or something that cannot be taken over. It is
    published, so it can be taken back. `site` begins the links in the mail, such as
    https://integration.example.de.
    """
    correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if correction.closed_at is not None:
        return None
    chosen = [
        proposal
        for proposal in proposals_of(correction, on=clock.today(now))
        if proposal.name in names
    ]
    if not chosen:
        raise ValidationError(_("Tick what shall be taken over."))
    for proposal in chosen:
        if proposal.obstacle:
            raise ValidationError(f"{proposal.label}: {proposal.obstacle}")
    _published, found = consequences.publish(
        correction.post.agency,
        edits=_edits(correction.post, chosen, on=clock.today(now)),
        by=by,
        reason=_("Correction of a visitor"),
        now=now,
    )
    correction.closed_at, correction.closed_by = now, by
    correction.outcome = Correction.Outcome.ACCEPTED
    correction.save()
    thank(correction, site=site, now=now)
    return found


def _edits(post: Post, chosen: Iterable[Proposal], *, on: dt.date) -> list[Edit]:
    changed = copy.copy(post)
    edits = [Edit(post, changed)]
    for proposal in chosen:
        if proposal.name == HOLDER:
            (person,) = _holders(post, on)
            renamed = copy.copy(person)
            renamed.name = proposal.wanted
            edits.append(Edit(person, renamed))
        else:
            setattr(changed, proposal.name, proposal.wanted)
    return edits


def thank(correction: Correction, *, site: str, now: dt.datetime) -> None:
    """Tell the sender, if an e-mail address was left, in the language of the form."""
    try:
        validate_email(correction.contact)
    except ValidationError:
        return
    with translation.override(correction.language or None):
        outbox.put(
            f"correction:{correction.pk}:accepted",
            to=correction.contact,
            subject=_("Thank you: a contact has been corrected"),
            body=_(
                "Good day,\n\n"
                "you told us that something about a contact was wrong. It has been corrected, and "
                "the web site shows it now:\n\n%(page)s\n\n"
                "Thank you for your help.\n\n%(agency)s\n"
            )
            % {"page": site + correction.post.get_absolute_url(), "agency": correction.post.agency},
            now=now,
            language=correction.language,
            owner=correction.post.agency.slug,
        )
