"""Whether a contact can be reached as it is written: numbers, mailboxes, rooms, hours."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType
from rapidfuzz.distance import OSA

from contacts.models import Agency, Office, Post
from contacts.models.offices import YesNoUnknown
from contacts.names import search_keys
from contacts.published import in_force
from contacts.quality.kinds import Finding, Kind
from contacts.quality.stock import Stock

REGION = "DE"
POST_NUMBERS = ("phone", "phone_alternative", "fax")
# A number is odd only beside this many others of the same switchboard that agree.
AGREEING = 3

_EXTENSION = re.compile(r"(.*[0-9])[ /-]+([0-9]+)")
_SEPARATORS = re.compile(r"[._+-]")
# Words shorter than this are often a designation: team-a and team-b are two mailboxes.
SHORTEST_WORD = 5


@dataclass(frozen=True)
class Entry:
    """A value of a contact field: `row` is an agency, an office or a post."""

    row: Agency | Office | Post
    field: str
    value: str

    @property
    def agency_id(self) -> int:
        return self.row.pk if isinstance(self.row, Agency) else self.row.agency_id

    def found(self, stock: Stock, kind: Kind, message: str) -> Finding:
        if isinstance(self.row, Post):
            return stock.about_post(kind, self.row, message, field=self.field)
        if isinstance(self.row, Office):
            return stock.about_office(kind, self.row, message, field=self.field)
        return stock.about_agency(kind, self.row, message, field=self.field)


def find(stock: Stock) -> Iterator[Finding]:
    yield from unreachable(stock)
    yield from offices_without_hours(stock)
    for agency_id in stock.agencies:
        if stock.is_at_work(agency_id):
            yield from odd_numbers(stock, agency_id)
            yield from misspelt_addresses(stock, agency_id)


def unreachable(stock: Stock) -> Iterator[Finding]:
    for post in stock.active_posts:
        if post.staffing == Post.Staffing.FILLED and not stock.can_be_reached(post):
            yield stock.about_post(
                Kind.UNREACHABLE,
                post,
                _("There is no telephone number, e-mail address or office."),
                field="phone",
            )


def offices_without_hours(stock: Stock) -> Iterator[Finding]:
    """Hours may also be a note, or be by appointment."""
    for office in stock.offices:
        told = office.hours.all() or any(text.hours_note for text in office.translations.all())
        by_appointment = office.by_appointment == YesNoUnknown.YES
        if stock.is_at_work(office.agency_id) and not told and not by_appointment:
            yield stock.about_office(
                Kind.HOURS,
                office,
                _("There are no opening hours, and it does not say “by appointment”."),
                field="by_appointment",
            )


# Numbers ------------------------------------------------------------------------------------------


def odd_numbers(stock: Stock, agency_id: int) -> Iterator[Finding]:
    entries = list(_entries(stock, agency_id, numbers=True))
    lengths = _lengths_of_extensions({entry.value for entry in entries})
    for entry in entries:
        message = wrong_number(entry.value, is_fax=entry.field == "fax")
        message = message or _wrong_length(entry.value, lengths)
        if message:
            yield entry.found(stock, Kind.PHONE, message)


def wrong_number(text: str, *, is_fax: bool = False) -> str:
    """Why `text` is no telephone number in Germany, in words; "" for a sound one."""
    shown = {"number": text}
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return _("“%(number)s” is not a telephone number.") % shown
    if not is_fax and phonenumbers.is_valid_short_number(number):
        return ""
    if not phonenumbers.is_possible_number(number):
        return _("“%(number)s” has too few or too many digits.") % shown
    if not phonenumbers.is_valid_number(number):
        return _("“%(number)s” is not a number that is given out.") % shown
    if is_fax and phonenumbers.number_type(number) == PhoneNumberType.MOBILE:
        return _("“%(number)s” is a mobile number, which takes no fax.") % shown
    return ""


def _extension(text: str) -> tuple[str, str] | None:
    """The switchboard's number as digits, and the extension behind it, as far as they stand apart.

    None where nothing but the area code is in front: what follows it may have any length.
    """
    parts = _EXTENSION.fullmatch(text.strip())
    if parts is None:
        return None
    try:
        front = phonenumbers.parse(parts[1], REGION)
        whole = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(front)
    if len(national) <= phonenumbers.length_of_geographical_area_code(whole):
        return None
    return national, parts[2]


def _lengths_of_extensions(numbers: set[str]) -> dict[str, Counter]:
    """By switchboard: how many different extensions have which length."""
    seen = {parts for number in numbers if (parts := _extension(number))}
    lengths: dict[str, Counter] = {}
    for switchboard, extension in seen:
        lengths.setdefault(switchboard, Counter())[len(extension)] += 1
    return lengths


def _wrong_length(text: str, lengths: dict[str, Counter]) -> str:
    """A digit too few or too many; the switchboard itself may be a single 0."""
    parts = _extension(text)
    if parts is None or not parts[1].strip("0"):
        return ""
    (usual, number), *_others = lengths[parts[0]].most_common(1)
    if len(parts[1]) == usual or number < AGREEING:
        return ""
    return _("“%(number)s” ends in %(own)d digits, the numbers beside it end in %(usual)d.") % {
        "number": text,
        "own": len(parts[1]),
        "usual": usual,
    }


# Addresses ----------------------------------------------------------------------------------------


def misspelt_addresses(stock: Stock, agency_id: int) -> Iterator[Finding]:
    """Addresses one edit (a swap counts as one) away from one that the agency uses more often."""
    entries = list(_entries(stock, agency_id, numbers=False))
    boxes = Counter(entry.value.lower() for entry in entries)
    domains = Counter(_halves(entry.value)[1] for entry in entries)
    for entry in entries:
        box, domain = _halves(entry.value)
        meant = _more_frequent(domain, domains)
        if meant:
            meant = f"{box}@{meant}"
        elif not _is_named_after_its_holder(stock, entry, box):
            others = Counter(
                {_halves(one)[0]: n for one, n in boxes.items() if _halves(one)[1] == domain}
            )
            similar = _more_frequent(box, others)
            meant = f"{similar}@{domain}" if similar else ""
        if meant:
            yield entry.found(
                stock,
                Kind.EMAIL,
                _("“%(written)s” is written here; “%(usual)s” is used more often.")
                % {"written": entry.value, "usual": meant},
            )


def _halves(address: str) -> tuple[str, str]:
    box, _at, domain = address.lower().rpartition("@")
    return box, domain


def _more_frequent(text: str, known: Counter) -> str:
    """The most frequent of `known` that is more frequent than `text` and one slip away from it."""
    similar = [
        (number, other)
        for other, number in known.items()
        if number > known[text] and is_slip(text, other)
    ]
    return max(similar)[1] if similar else ""


def is_slip(text: str, other: str) -> bool:
    """Whether two texts differ by one edit within a word: no digit, and no short designation."""
    if OSA.distance(text, other, score_cutoff=1) != 1:
        return False
    ours, theirs = _SEPARATORS.split(text), _SEPARATORS.split(other)
    if len(ours) != len(theirs):
        return len(text) >= SHORTEST_WORD
    pairs = [(one, two) for one, two in zip(ours, theirs, strict=True) if one != two]
    return all(
        min(len(one), len(two)) >= SHORTEST_WORD and _letters(one) != _letters(two)
        for one, two in pairs
    )


def _letters(text: str) -> str:
    return re.sub(r"[0-9]", "", text)


def _is_named_after_its_holder(stock: Stock, entry: Entry, box: str) -> bool:
    """Whether a name of somebody who holds the post stands in the mailbox: then it is theirs."""
    if not isinstance(entry.row, Post):
        return False
    words = [
        search_keys(word)[0]
        for tenure in entry.row.tenures.all()
        if in_force(tenure.valid_from, tenure.valid_until, stock.on)
        for word in tenure.person.name.split()
    ]
    own = search_keys(box)[0]
    return any(len(word) > 2 and word in own for word in words)


def _entries(stock: Stock, agency_id: int, *, numbers: bool) -> Iterator[Entry]:
    """What is written in the contact fields of an agency, its offices and its posts."""
    rows: list[tuple[Agency | Office | Post, tuple[str, ...]]] = [
        (stock.agencies[agency_id], ("phone", "fax") if numbers else ("email",))
    ]
    if numbers:
        rows += [(office, ("phone",)) for office in stock.offices if office.agency_id == agency_id]
    fields = POST_NUMBERS if numbers else ("email",)
    rows += [(post, fields) for post in stock.posts if post.agency_id == agency_id]
    for row, names in rows:
        for name in names:
            if value := getattr(row, name):
                yield Entry(row, name, value)
