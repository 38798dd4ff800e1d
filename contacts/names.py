"""What a typed place means, as text: cleaning, search keys, postal codes, streets, halves.

Nothing here knows which places exist; `contacts.index` does. The rules are those of the look-up's
specification (docs/look-up.md, "Reading what was typed").
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from anyascii import anyascii

MAX_LENGTH = 100

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# The same word is typed with either letter on Arabic and Persian keyboards.
_ARABIC_VARIANTS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ـ": None})

# D-04668, DE 04668, 04 668, O4668 with the letter O; not a part of a longer number or word.
_POSTAL_CODE = re.compile(
    r"(?<![^\W_])(?:DE?[\s-]*)?([0-9O][0-9] ?[0-9]{3})(?![0-9])", re.IGNORECASE
)
_DIGITS_ONLY = re.compile(r"(?:DE?[\s-]*)?([0-9O][0-9]{0,3})", re.IGNORECASE)
_FOUR_DIGITS_AND_NAME = re.compile(r"([0-9]{4})\s+(\D+)")

_PART_WORDS = r"(?:OT|Ortsteil|Ortschaft|Stadtteil)"
_TITLES = re.compile(
    rf"(?:{_PART_WORDS}|(?:Große\s+)?Kreisstadt|Lutherstadt|Stadt|Gemeinde)\b\.?\s*", re.IGNORECASE
)
_TITLE_BEHIND = re.compile(r"[\s,]+(?:Stadt|Gemeinde)", re.IGNORECASE)
_SEPARATOR = re.compile(rf"\s*(?:\b{_PART_WORDS}\b\.?|[,;()\[\]/–-])\s*|\s+", re.IGNORECASE)
_NEAR = re.compile(r"(?P<place>.+?)\s+(?:bei|b\.?)\s+(?P<near>.+)", re.IGNORECASE)
_REGIONS = {
    "sachsen": "Sachsen",
    "sa": "Sachsen",
    "saxony": "Sachsen",
    "саксония": "Sachsen",
    "саксонія": "Sachsen",
    "sachsen-anhalt": "Sachsen-Anhalt",
    "thüringen": "Thüringen",
    "brandenburg": "Brandenburg",
    "deutschland": "",
    "germany": "",
    "германия": "",
    "німеччина": "",
}
_REGION = re.compile(
    rf"[\s,(/]+(?:in\s+|i\.\s*)?({'|'.join(sorted(_REGIONS, key=len, reverse=True))})\.?\)?\Z",
    re.IGNORECASE,
)
_CODE_LABEL = re.compile(r"\b(?:PLZ|Postleitzahl)\b\.?:?\s*", re.IGNORECASE)
_DIGITS_APART = re.compile(r"[0-9O](?: ?[0-9])+", re.IGNORECASE)
_GREAT_OR_SMALL = re.compile(r"\b(gr|kl)\b\.?[\s-]*(?=\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
LONGEST_PHRASE = 4  # words
SHORTEST_PHRASE = 4  # letters

_HOUSE_NUMBER = r"[0-9]{1,4}(?:\s?[a-z]\b)?(?:\s?[-/]\s?[0-9]{1,4}(?:\s?[a-z]\b)?)?"
_STREET_WORD = r"\S*(?:straße|strasse|str\.|str\b|gasse|allee|chaussee|weg\b|platz\b|ring\b)"
_NUMBERED = re.compile(rf".*[^\W\d_].*?\s*{_HOUSE_NUMBER}", re.IGNORECASE)
_ENDS_AS_STREET = re.compile(rf".*{_STREET_WORD}", re.IGNORECASE)
_STREET_THEN_PLACE = re.compile(rf"\D+?\s*{_HOUSE_NUMBER}\s+(?P<place>\D+)", re.IGNORECASE)
_STREET_WORD_THEN_PLACE = re.compile(rf"(?:.*\s)?{_STREET_WORD}\s+(?P<place>\D+)", re.IGNORECASE)


def clean(text: str) -> str:
    """`text` in NFKC, without control and bidi characters, white space folded, 100 characters.

    Digits of other scripts become ASCII digits, so that a postal code may be typed on any keyboard.
    """
    kept = []
    for char in unicodedata.normalize("NFKC", text[: 20 * MAX_LENGTH]):
        if char.isspace():
            kept.append(" ")
        elif unicodedata.category(char).startswith("N") and char.isdigit():
            kept.append(str(unicodedata.digit(char)))
        elif not unicodedata.category(char).startswith("C"):
            kept.append(char)
    return " ".join("".join(kept).split())[:MAX_LENGTH].rstrip()


def _key(text: str, *, expand_umlauts: bool) -> str:
    folded = unicodedata.normalize("NFC", text).casefold()
    if expand_umlauts:
        folded = folded.translate(_UMLAUTS)
    letters = unicodedata.normalize("NFD", folded.translate(_ARABIC_VARIANTS))
    return "".join(char for char in letters if char.isalnum())


def search_keys(text: str) -> tuple[str, str]:
    """K1 and K2 of a name: small letters and digits only, without hyphen, space, slash, dot.

    K1 writes umlauts out (ä → ae, ß → ss); K2 drops every accent (ä → a, ß → ss). A key that
    ends up empty means nothing, never "everything".
    """
    return _key(text, expand_umlauts=True), _key(text, expand_umlauts=False)


def spells_umlauts(text: str) -> bool:
    """Whether the writer took care of umlauts (ä, or ae): then K2 is only a second choice."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return any(part in folded for part in ("ä", "ö", "ü", "ae", "oe", "ue"))


def in_other_script(text: str) -> bool:
    """Whether a letter of `text` is not Latin."""
    return any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN") for c in text)


def transliterated(text: str) -> str:
    """`text` in Latin letters, good enough to compare by similarity (Гримма → Grimma)."""
    return clean(anyascii(text))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, taken apart: the name without its postal code, and the code.

    `code` has five digits; `town` is what stands behind it, as in an address. `code_prefix` holds
    one to four digits where nothing else was typed, or four digits before a name; both are only
    ever read as a question.
    """

    text: str
    name: str
    code: str = ""
    code_prefix: str = ""
    town: str = ""


def read(text: str) -> Typed:
    """Clean `text` and split a postal code off."""
    cleaned = clean(text)
    plain = _CODE_LABEL.sub("", cleaned)
    if _DIGITS_APART.fullmatch(plain):
        plain = plain.replace(" ", "")
    found = _POSTAL_CODE.search(plain)
    if found:
        before, after = _trim(plain[: found.start()]), _trim(plain[found.end() :])
        name = ", ".join(part for part in (before, after) if part)
        code = found[1].upper().replace("O", "0").replace(" ", "")
        return Typed(cleaned, name, code=code, town=after)
    digits = _DIGITS_ONLY.fullmatch(plain)
    if digits and digits[1].upper() != "O":
        return Typed(cleaned, "", code_prefix=digits[1].upper().replace("O", "0"))
    four = _FOUR_DIGITS_AND_NAME.fullmatch(plain)
    if four:
        return Typed(cleaned, _trim(four[2]), code_prefix=four[1])
    return Typed(cleaned, _trim(plain))


def _trim(text: str) -> str:
    """`text` without separators at its ends; "" for a mere state, or without letter or digit."""
    if not any(char.isalnum() for char in text) or _REGION.fullmatch(f" {text}"):
        return ""
    return text.strip(" ,;.:!?")


def without_title(name: str) -> str:
    """`name` without a leading "Stadt", "Gemeinde", "OT" …, or "" where there is none."""
    bare = _TITLES.sub("", name, count=1) if _TITLES.match(name) else name
    behind = _TITLE_BEHIND.search(bare)
    if behind and behind.end() == len(bare):
        bare = bare[: behind.start()]
    return _trim(bare) if bare != name else ""


def without_region(name: str) -> tuple[str, str] | None:
    """The place and the state of "Grimma, Sachsen"; the state is "" where a country is named."""
    region = _REGION.search(name)
    if region is None:
        return None
    return _trim(name[: region.start()]), _REGIONS[region[1].casefold()]


def spelt_out(name: str) -> str:
    """`name` with "Gr." and "Kl." as "Groß" and "Klein" ("Gr. Pösna" is Großpösna)."""
    words = {"gr": "Groß", "kl": "Klein"}
    return _GREAT_OR_SMALL.sub(lambda found: words[found[1].lower()], name)


def phrases(text: str) -> Iterator[tuple[range, str]]:
    """Runs of up to four words of `text` and where they stand, longer ones first.

    For a place that is named inside a sentence ("ich wohne in Bad Lausick").
    """
    words = _WORD.findall(text)
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            phrase = " ".join(words[start : start + length])
            if len(phrase) >= SHORTEST_PHRASE:
                yield range(start, start + length), phrase


def near(name: str) -> tuple[str, str] | None:
    """The two places of "Grimma bei Leipzig" or "Naunhof b. Grimma"."""
    found = _NEAR.fullmatch(name)
    return (_trim(found["place"]), _trim(found["near"])) if found else None


def halves(name: str) -> Iterator[tuple[str, str]]:
    """Every way to part `name` in two at OT, Ortsteil, comma, bracket, slash, hyphen or space."""
    for separator in _SEPARATOR.finditer(name):
        one = name[: separator.start()].strip(" ,;()[]/–-")
        other = name[separator.end() :].strip(" ,;()[]/–-")
        if one and other:
            yield one, other


def without_street(name: str) -> Iterator[str]:
    """What may be the place when a street stands beside it, the likeliest reading first."""
    segments = [part for part in re.split(r"\s*[,;]\s*", name) if part]
    places = [part for part in segments if not _is_street(part)]
    if len(segments) > 1 and places and len(places) < len(segments):
        yield ", ".join(places)
    for pattern in (_STREET_THEN_PLACE, _STREET_WORD_THEN_PLACE):
        found = pattern.fullmatch(name)
        if found:
            yield _trim(found["place"])
    if _is_street(name):
        words = name.split()
        for count in range(len(words) - 1, 0, -1):
            yield _trim(" ".join(words[:count]))


def _is_street(segment: str) -> bool:
    return bool(_NUMBERED.fullmatch(segment) or _ENDS_AS_STREET.fullmatch(segment))
