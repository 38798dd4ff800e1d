"""Names of languages in the language of the page, from the CLDR data that come with Babel."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language


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
