"""A pseudo right-to-left language: our texts in Arabic-looking letters, made while testing.

It says nothing in Arabic. It shows whether a page stands in the right direction, whether every
text goes through the catalogue, and whether six plural forms find their way.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.conf import settings

LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyzäöüß", "ابثدهفغحيجكلمنوپقرستعڤخشیزآؤئص")
# Placeholders, tags and entities mean something to programs and stay as they are.
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]*>|&#?\w+;|\n)")
SOURCE = "de"
TARGET = "ar"


def to_pseudo(text: str) -> str:
    """`text` in other letters; placeholders, tags, digits and line breaks stay."""
    return "".join(
        part if number % 2 else part.casefold().translate(LETTERS)
        for number, part in enumerate(KEPT.split(text))
    )


def catalogues() -> dict[str, Catalog]:
    """The project's own catalogues by language."""
    found = {}
    for path in sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            found[path.parts[-3]] = read_po(file, locale=path.parts[-3].split("_")[0])
    return found


def pseudo_catalogue(source: Catalog) -> Catalog:
    """Every message of `source` in the pseudo language, each plural form marked by its number."""
    target = Catalog(locale=TARGET)
    for message in source:
        if message.id:
            target[message.id] = Message(
                message.id,
                _translation(message),
                flags=message.flags - {"fuzzy"},
                context=message.context,
            )
    return target


def _translation(message: Message) -> str | tuple[str, ...]:
    if not message.pluralizable:
        return to_pseudo(message.id)
    one, many = message.id
    forms = Catalog(locale=TARGET).num_plurals
    return tuple(to_pseudo(one if form == 1 else many) for form in range(forms))


def write_pseudo_locale(folder: Path) -> Path:
    """Write `<folder>/ar/LC_MESSAGES/django.po` from the German catalogue; returns `folder`."""
    source = catalogues().get(SOURCE, Catalog(locale=SOURCE))
    target = folder / TARGET / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, pseudo_catalogue(source))
    return folder
