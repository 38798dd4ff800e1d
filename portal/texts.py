"""A text in the languages in which it was written, that knows in which one it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Text:
    """Written versions by language code. `str()` gives the one for the active language.

    Where that is missing, the site's main language stands in, then any other; `language` says
    which one it is, so that a page can mark it up (WCAG 3.1.2).
    """

    versions: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def language(self) -> str:
        """The code of the language in which `str()` is, or "" for an empty text."""
        wanted = (get_language() or settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)
        for code in (*wanted, *self.versions):
            if self.versions.get(code):
                return code
        return ""

    @property
    def is_fallback(self) -> bool:
        return self.language not in ("", get_language())

    @property
    def lines(self) -> list[str]:
        """The lines that are not empty, for texts that are lists."""
        return [line.strip() for line in str(self).splitlines() if line.strip()]

    def __str__(self) -> str:
        return self.versions.get(self.language, "")

    def __bool__(self) -> bool:
        return any(self.versions.values())


def texts(translations, name: str) -> Text:
    """The `Text` of field `name` from translation rows (as prefetched)."""
    return Text({row.language_code: getattr(row, name) for row in translations})
