"""Every colour that text may have, on every ground, in the public pages and the administration.

`portal/test_stylesheets.py` reads the public files one by one; here the pairs are made from the
roles of the tokens, so that a new colour is tested, or refused, without anybody thinking of it.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.colours import ENOUGH, contrast

CSS = settings.BASE_DIR / "static" / "css"
SHEETS = sorted(CSS.rglob("*.css"))
SCHEMES = ("light", "dark")
LONGEST = 250

# What text is written in, and which grounds each colour of text may meet.
PAGE = ("paper", "surface", "tint", "warm-tint")
PUBLIC = {
    "ink": (*PAGE, "wrong-tint", *(f"map-{number}" for number in range(1, 9))),
    "text-soft": PAGE,
    "brand": PAGE,
    "brand-strong": PAGE,
    "on-brand": ("brand", "brand-strong"),
    "good": ("paper", "surface"),
    "wrong": ("paper", "surface", "wrong-tint"),
}
# Never behind or in a text: lines, shadows, marks, and the white ground of a QR code.
NO_TEXT = {"line", "edge", "warm", "shadow", "code-ground", "map-line", "map-mark"}

STAFF_GROUNDS = ("paper", "surface", "tint", "good-paper", "warn-paper", "bad-paper")
STAFF = {
    "ink": STAFF_GROUNDS,
    "soft-ink": ("paper", "surface", "tint"),
    "brand": ("paper", "surface", "tint"),
    "brand-strong": ("paper", "surface", "tint", "warn-paper"),
    "on-brand": ("brand", "brand-strong", "danger"),
    "danger": ("paper", "surface"),
}
STAFF_NO_TEXT = {"line", "field-line", "warm", "code-ground", "veil"}


def source(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)


def tokens(css: str, scheme: str, prefix: str = "") -> dict[str, str]:
    """The colours of a file of tokens; what the dark scheme does not name is as in the light."""
    light, _media, dark = css.partition("@media (prefers-color-scheme: dark)")
    light = light.partition('[data-theme="dark"]')[0]
    dark = dark.partition(":root,")[0]
    found = {}
    for part in (light, dark)[: SCHEMES.index(scheme) + 1]:
        found |= dict(re.findall(rf"--{prefix}([\w-]+):\s*(#[0-9a-f]+);", part))
    return found


def faint(colours: dict[str, str], pairs: dict[str, tuple[str, ...]]) -> list[str]:
    """The pairs that cannot be read by everybody."""
    return [
        f"{text} on {ground}: {ratio:.2f}"
        for text, grounds in pairs.items()
        for ground in grounds
        if (ratio := contrast(colours[text], colours[ground])) < ENOUGH
    ]


def unknown(colours: dict[str, str], pairs: dict[str, tuple[str, ...]], free: set[str]) -> set:
    """Colours that nobody has said a role for."""
    named = set(pairs) | {ground for grounds in pairs.values() for ground in grounds} | free
    return set(colours) ^ named


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_of_the_public_pages_can_be_read_on_every_ground(scheme):
    colours = tokens(source(CSS / "tokens.css"), scheme, "color-")

    assert faint(colours, PUBLIC) == []
    assert unknown(colours, PUBLIC, NO_TEXT) == set()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_of_the_administration_can_be_read_on_every_ground(scheme):
    colours = tokens(source(CSS / "admin" / "tokens.css"), scheme)

    assert faint(colours, STAFF) == []
    assert unknown(colours, STAFF, STAFF_NO_TEXT) == set()


def test_the_two_ways_into_the_dark_of_the_administration_are_the_same():
    css = source(CSS / "admin" / "tokens.css")
    chosen = re.search(r'html\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)[1]
    asked = re.search(r'html:not\(\[data-theme="light"\]\) \{(.*?)\}', css, re.DOTALL)[1]

    # The second leaves out what is the same in both schemes.
    given = set(re.findall(r"--[\w-]+: [^;]+", asked))
    assert given <= set(re.findall(r"--[\w-]+: [^;]+", chosen))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_of_fields_stand_out(scheme):
    public = tokens(source(CSS / "tokens.css"), scheme, "color-")
    staff = tokens(source(CSS / "admin" / "tokens.css"), scheme)

    for ground in ("paper", "surface"):
        assert contrast(public["edge"], public[ground]) >= 3
        assert contrast(staff["field-line"], staff[ground]) >= 3


def breaches(name: str, css: str) -> list[str]:
    """What a style sheet of ours must not hold."""
    found = []
    rules = re.sub(r'url\([^)]*\)|"[^"]*"', "", css)
    if name == "print.css":  # paper has a scheme of its own: the same roles in black and white
        rules = re.sub(r"--color-[\w-]+:[^;]+;", "", rules)
    if name != "tokens.css":
        found += re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*[;}])|\b(?:rgb|hsl|oklch)a?\(", rules)
    if name != "print.css":
        found += re.findall(r"!important", rules)
    side = r"(?:left|right)"
    found += re.findall(rf"(?<![\w-])(?:[a-z]+-)*{side}(?:-[a-z]+)*\s*:", rules)
    found += re.findall(rf"(?:float|clear|text-align):\s*{side}", rules)
    if len(css.splitlines()) >= LONGEST:
        found.append(f"{len(css.splitlines())} lines")
    return found


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: str(path.relative_to(CSS)))
def test_a_style_sheet_names_roles_knows_no_sides_and_forces_nothing(path):
    assert breaches(path.name, source(path)) == []


@pytest.mark.parametrize(
    "bad",
    [
        "a { color: #fff; }",
        "a { color: rgba(0, 0, 0, .5); }",
        "a { margin-left: 1px; }",
        "a { left: 0; }",
        "a { border-top-right-radius: 1px; }",
        "a { text-align: right; }",
        "a { color: var(--color-ink) !important; }",
        "\n" * LONGEST,
    ],
)
def test_the_checker_rejects_known_bad_style(bad):
    assert breaches("bad.css", bad)


def test_the_checker_accepts_good_style():
    good = '#fade a { color: var(--color-ink); margin-inline-start: 1px; content: "#fff"; }'
    assert breaches("good.css", good) == []


def test_a_faint_pair_and_a_colour_without_a_role_are_found():
    colours = {"ink": "#777777", "paper": "#ffffff", "new": "#123456"}

    assert faint(colours, {"ink": ("paper",)}) == ["ink on paper: 4.48"]
    assert unknown(colours, {"ink": ("paper",)}, set()) == {"new"}
