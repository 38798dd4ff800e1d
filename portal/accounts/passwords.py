"""Which passwords are refused: those that anybody could guess from where they are used.

Length decides; there are no rules about digits and signs. Django's list takes the common ones, and
this validator what is made of the words of the house: its product, its county, its agencies.
"""

import re
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OWN_WORDS = (
    "ansprechbar",
    "ansprechperson",
    "integration",
    "koordination",
    "koordinierungsstelle",
    "kreisverwaltung",
    "landkreis",
    "landratsamt",
    "migration",
    "passwort",
    "password",
    "sachsen",
    "stadt",
    "verwaltung",
)
LEAST_OF_ONES_OWN = 8  # characters that must be left beside words of the house

# Functions that name more words; an app adds its own in `ready()`.
sources: list[Callable[[], Iterable[str]]] = []


class ContextWordsValidator:
    """Refuses a password that is words of the house and little else."""

    def validate(self, password: str, user=None) -> None:
        rest = rest_of(password, words())
        if rest != password.casefold() and len(rest) < LEAST_OF_ONES_OWN:
            raise ValidationError(
                _(
                    "This password is made of words that everybody here would try, such as the name"
                    " of the county. Please add something of your own."
                ),
                code="password_of_the_house",
            )

    def get_help_text(self) -> str:
        return _("Do not use the name of your office or county alone.")


def words() -> set[str]:
    """The words of the house in lower case, four letters and more."""
    named = [*OWN_WORDS, *(name for source in sources for name in source())]
    return {part for name in named for part in re.findall(r"[^\W\d_]{4,}", name.casefold())}


def rest_of(password: str, known: Iterable[str]) -> str:
    """`password` in lower case without the words `known`, the longest taken out first."""
    rest = password.casefold()
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest
