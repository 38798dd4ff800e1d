"""What every letter has: who writes to whom, the parts, the remedy block, the rendering."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal import pdf
from projects.answers import OFFICIAL, digest_of
from projects.models import Application, ApplicationVersion, Letter
from projects.sections import APPLICANT

__all__ = ["DECISIONS", "LetterError", "content_of", "digest_of", "render", "title_of"]

Kind = Letter.Kind
FORMAT = 1
# What changes somebody's rights names the remedy against it; a hearing only asks.
DECISIONS = frozenset(Kind) - {Kind.HEARING}
TITLES = {
    Kind.GRANT: gettext_lazy("Grant decision"),
    Kind.PARTIAL_GRANT: gettext_lazy("Grant decision (partial)"),
    Kind.REFUSAL: gettext_lazy("Refusal of your application"),
    Kind.AMENDMENT: gettext_lazy("Decision on the change that you asked for"),
    Kind.HEARING: gettext_lazy("Hearing before a decision"),
    Kind.REPAYMENT: gettext_lazy("Demand for repayment"),
    Kind.REVOCATION: gettext_lazy("Revocation of the grant"),
    Kind.OBJECTION: gettext_lazy("Decision on your objection"),
}


class LetterError(ValidationError):
    """A letter that cannot be written as things are; the message says what is missing.

    Letters are written in German; the message is read in the language of whoever tried.
    """


def title_of(kind: str) -> str:
    """The heading of a letter of this kind, in the active language."""
    return str(TITLES[Kind(kind)])


def day(value: dt.date) -> str:
    return date_format(value, "DATE_FORMAT")


def text(value: str) -> dict:
    return {"kind": "text", "text": value}


def section(title: str, *parts: dict) -> dict:
    return {"title": title, "parts": list(parts)}


def content_of(
    application: Application,
    kind: Kind,
    *,
    dated: dt.date,
    opening: Sequence[str],
    sections: Sequence[dict],
    annexes: Sequence[dict] = (),
    enclosures: Sequence[str] = (),
) -> dict:
    """A letter about `application`, dated on the local day `dated`; in German.

    Raises LetterError where the rules do not name the authority: without it nobody would know where
    to object. Call it with the official language active.
    """
    remedy = remedy_of(application) if kind in DECISIONS else None
    last = application.versions.order_by("-number").only("content").first()
    authority = authority_of(application)
    sections = [*sections, *([section(_("Remedy"), text(remedy))] if remedy else [])]
    if enclosures:
        sections.append(section(_("Enclosures"), text("\n".join(enclosures))))
    return {
        "format": FORMAT,
        "kind": str(kind),
        "title": title_of(kind),
        "remedy": remedy,
        "data": {
            "agency": {"name": authority[0], "lines": authority[1:]},
            "addressee": addressee_of(application, last),
            "facts": [
                [_("File number"), application.reference],
                [_("Date"), day(dated)],
                *_contact(application),
            ],
            "reference": f"{application.reference} · {day(dated)}",
            "subject": _("Your project “%(title)s”") % {"title": application.title},
            "opening": list(opening),
            "sections": sections,
            "closing": _("This letter was made by machine and is valid without a signature."),
            "annexes": list(annexes),
        },
    }


def render(content: dict, *, now: dt.datetime) -> bytes:
    """The letter as PDF/UA-1; some 20 ms. Raises LetterError for a decision without its remedy."""
    if content["kind"] in DECISIONS and not content.get("remedy"):
        raise LetterError(
            gettext_lazy("A decision without the remedy against it cannot be issued.")
        )
    return pdf.render(
        "letter.typ", content["data"], language=OFFICIAL, title=content["title"], now=now
    )


# Who writes to whom -------------------------------------------------------------------------------


def authority_of(application: Application) -> list[str]:
    """Name and address of who decides, as lines. Raises LetterError where the rules name none."""
    lines = [line.strip() for line in application.rule_set.authority.splitlines() if line.strip()]
    if len(lines) < 2:
        raise LetterError(
            gettext_lazy(
                "The rules of this programme do not name the authority and its address yet."
            )
        )
    return lines


def addressee_of(application: Application, version: ApplicationVersion | None) -> list[str]:
    """Name and address of the applicant, as they were sent last, as lines."""
    sections = version.content["sections"] if version else []
    values = next((each["values"] for each in sections if each["slug"] == APPLICANT.slug), {})
    place = " ".join(filter(None, [values.get("postal_code"), values.get("town")]))
    lines = [
        values.get("name") or application.applicant_name,
        values.get("liable_person"),
        values.get("street"),
        place,
    ]
    return [line for line in lines if line]


def _contact(application: Application) -> list[list[str]]:
    agency = application.agency
    found = [[_("E-mail"), application.call.programme.email or agency.email]]
    if agency.phone:
        found.append([_("Telephone"), agency.phone])
    return [line for line in found if line[1]]


def remedy_of(application: Application) -> str:
    """How, where and until when one can object, as §§ 58 and 70 VwGO ask for it.

    Raises LetterError where the rules do not name the authority.
    """
    return _(
        "You may object to this decision within one month after it has been announced to you. "
        "The objection is to be filed with %(authority)s, in writing, in electronic form as "
        "§ 3a(2) of the Administrative Procedure Act (VwVfG) allows it, or in person to be taken "
        "down there."
    ) % {"authority": ", ".join(authority_of(application))}


def in_german(compose):
    """Make a function that composes a letter do so in the official language."""

    def composed(*args, **kwargs) -> dict:
        with override(OFFICIAL):
            return compose(*args, **kwargs)

    composed.__doc__, composed.__name__ = compose.__doc__, compose.__name__
    return composed
