"""Names of languages in the language of the page, from the CLDR data that come with Babel."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language

# Offered for choosing where people say which languages they speak or need.
COMMON = (
    "ar",
    "de",
    "en",
    "es",
    "fa",
    "fr",
    "ku",
    "pl",
    "ps",
    "ro",
    "ru",
    "sq",
    "ti",
    "tr",
    "uk",
    "vi",
)
READ_IN = ("de", "en")  # languages in which a typed name is understood, besides that of the page
LONGEST_NAME = 40


@cache
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(settings.LANGUAGE_CODE, sep="-")


def language_name(code: str) -> str:
    """The name of the language `code`, such as "Arabisch"; the code itself if nobody knows it."""
    name = _locale(get_language() or settings.LANGUAGE_CODE).languages.get(code, code)
    return name[:1].upper() + name[1:]


def own_name(code: str) -> str:
    """What those who speak the language `code` call it, such as "русский"; "" if nobody knows."""
    return (_locale(code).language_name or "") if is_code(code) else ""


def is_code(code: str) -> bool:
    """Whether `code` names a language, and is not a name that somebody typed."""
    return code in _locale(settings.LANGUAGE_CODE).languages


def choices(codes=COMMON) -> list[tuple[str, str]]:
    """Codes with their names, in the order of the alphabet of the page."""
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])


def read(text: str) -> list[str]:
    """The codes of languages typed with commas between them; what has no code stays as typed."""
    found = []
    for part in text.replace(";", ",").replace("\n", ",").split(","):
        name = " ".join(part.split())[:LONGEST_NAME]
        if name:
            found.append(_code_of(name) or name)
    return list(dict.fromkeys(found))


def _code_of(name: str) -> str:
    wanted = name.casefold()
    for locale in (get_language() or settings.LANGUAGE_CODE, *READ_IN):
        for code, known in _locale(locale).languages.items():
            if known.casefold() == wanted:
                return code
    return next((code for code in COMMON if own_name(code).casefold() == wanted), "")
