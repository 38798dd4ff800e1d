"""What people have written to agencies: in the copy of their data, and when they are erased.

It belongs to whoever has shown, by a code, that the address given with it is theirs.
"""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.enquiries import erasing, following
from contacts.models import Enquiry, EnquiryMessage
from contacts.models.enquiry import Activity, Outcome
from contacts.spoken import language_name
from portal import privacy
from portal.models import User
from portal.privacy import Export

LABELS = {
    "number": _("Number"),
    "kind": _("Kind"),
    "state": _("State"),
    "came": _("Came"),
    "office": _("Office"),
    "place": _("Place"),
    "name": _("Name"),
    "organisation": _("Club or organisation"),
    "email": _("E-mail address"),
    "phone": _("Telephone number"),
    "text": _("Text"),
    "about": _("What it is about"),
    "languages": _("Languages"),
    "times": _("When"),
    "talk": _("Kind of talk"),
    "talk_on": _("Day of the talk"),
    "talk_at": _("Time of the talk"),
    "page": _("Page"),
    "answer_by": _("Answer promised by"),
    "closed": _("Closed"),
    "messages": _("Messages"),
    "from": _("From"),
    "at": _("At"),
}
AS_STORED = ("name", "organisation", "email", "phone", "text", "times", "talk_on", "page")


def _own(user: User) -> QuerySet:
    rows = Enquiry.objects.filter(email__lower=user.email.lower(), erased_at__isnull=True)
    return rows.select_related("agency", "area").order_by("received_at", "pk")


def export(user: User) -> Export:
    return Export([_exported(enquiry) for enquiry in _own(user)], LABELS)


def _exported(enquiry: Enquiry) -> dict:
    names = dict(Activity.choices)
    said = enquiry.messages.exclude(kind=EnquiryMessage.Kind.NOTE)
    values = {
        "number": enquiry.reference,
        "kind": enquiry.get_kind_display(),
        "state": enquiry.get_state_display(),
        "came": enquiry.received_at,
        "office": str(enquiry.agency),
        "place": enquiry.area.name if enquiry.area else enquiry.typed_place,
        **{name: getattr(enquiry, name) for name in AS_STORED},
        "about": ", ".join(str(names.get(key, key)) for key in enquiry.activities),
        "languages": ", ".join(language_name(code) for code in enquiry.languages),
        "talk": enquiry.get_talk_display(),
        "talk_at": enquiry.talk_at.isoformat("minutes") if enquiry.talk_at else "",
        "answer_by": enquiry.answer_by,
        "closed": enquiry.closed_at,
        "messages": [
            {"from": row.get_kind_display(), "at": row.at, "text": row.text} for row in said
        ],
    }
    return {name: value for name, value in values.items() if value}


def erase(user: User, now: dt.datetime) -> bool:
    """Erase all of it; the desk of what was not closed is told that it is needed no longer."""
    for enquiry in _own(user):
        following.withdraw(enquiry, by=user, now=now)
        erasing.erase(enquiry, outcome=Outcome.WITHDRAWN, now=now)
    return False


def take_along(user: User, former: str) -> None:
    """What was written under the address `former` belongs to the new one of the account."""
    rows = Enquiry.objects.filter(email__lower=former.lower(), erased_at__isnull=True)
    rows.update(email=user.email)


def register() -> None:
    """Called once, when the apps are ready."""
    privacy.register(
        privacy.PersonalData(
            name="enquiries",
            label=_("Your enquiries"),
            export=export,
            erase=erase,
            is_used=lambda user: _own(user).exists(),
            moved=take_along,
            models=("contacts.enquiry", "contacts.enquirymessage", "contacts.introduction"),
        )
    )
