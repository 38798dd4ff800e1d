"""Compiles the message catalogues with Babel, so that a machine without gettext runs the site.

`.mo` files are not in the repository; the demo, the tests and the image's build make them here.
This module needs no settings.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(locale_paths: Iterable[Path | str]) -> list[Path]:
    """Compile each `<locale>/LC_MESSAGES/django.po` whose `.mo` is missing or older.

    Messages that are marked fuzzy are left out: nobody has confirmed them. Returns the files that
    were written. Raises `babel.messages.pofile.PoFileError` for a file that cannot be read.
    """
    written = []
    for folder in locale_paths:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                _compile(source, target)
                written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    """Write `target` in one step: another process may be reading the old one."""
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
