"""The fonts of printed documents: where they lie, and which characters they can show.

The package `pymupdf-fonts` holds them as bytes, and Typst reads folders, so they are written out
once. Fonts of the machine are never used: a document looks the same wherever it is made. An
installation adds folders of its own by `EXTRA_FONT_PATHS`, for scripts that are missing here.
"""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pymupdf_fonts
import typst
from django.conf import settings

from portal.cmap import code_points

# Name in the package and the family, in the order in which they are asked for a character.
FAMILIES = {
    "FiraGO": ("figo", "figbo"),
    "Noto Sans": ("notos", "notosbo"),
    "Noto Sans Symbols2": ("symbol2",),
    "Noto Sans Symbols": ("symbol1",),
    "Noto Sans Math": ("math",),
}


@dataclass(frozen=True)
class Typeface:
    """A family and the code points that every one of its weights shows."""

    family: str
    shows: frozenset[int]


@dataclass(frozen=True)
class Typefaces:
    """What a document is set with: for Typst, and for the question what can be shown."""

    fonts: typst.Fonts
    faces: tuple[Typeface, ...]

    @property
    def families(self) -> list[str]:
        return [face.family for face in self.faces]


@cache
def typefaces() -> Typefaces:
    """The fonts of this process; read at the first document, some 50 ms."""
    folders = [_folder(), *settings.EXTRA_FONT_PATHS]
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
    shown: dict[str, set[int]] = {family: set() for family in FAMILIES}
    for info in sorted(fonts.fonts(), key=lambda info: info.family):
        points = code_points(Path(info.path), info.index)
        known = shown.get(info.family)
        shown[info.family] = known & points if known else points
    return Typefaces(
        fonts, tuple(Typeface(family, frozenset(points)) for family, points in shown.items())
    )


def _folder() -> Path:
    """Where the fonts lie: below VAR_DIR, or in a folder of this process where that is read-only.

    Several processes may write at the same time: a file takes its name only when it is complete.
    """
    folder = settings.VAR_DIR / "fonts" / version("pymupdf-fonts")
    try:
        _write(folder)
    except OSError:
        _write(folder := _temporary())
    return folder


@cache
def _temporary() -> Path:
    """A folder that goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="ansprechbar-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (name for names in FAMILIES.values() for name in names):
        path = folder / f"{name}.otf"
        size = pymupdf_fonts.fontdescriptors[name]["size"]
        if path.exists() and path.stat().st_size == size:
            continue
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            part.write(pymupdf_fonts.myfont(name))
        written = Path(part.name)
        written.chmod(0o644)
        written.replace(path)
