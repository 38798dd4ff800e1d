"""Checkers for the markup of a page. Each returns what is wrong, in words; nothing is good."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable

import html5lib

UNDEFINED = "⟦undefined: %s⟧"
REFERENCES = (
    "for",
    "form",
    "headers",
    "list",
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
)
DATA_BLOCKS = ("application/json", "application/ld+json")


def parse(html: str) -> ET.Element:
    return html5lib.parse(html, namespaceHTMLElements=False)


def local_name(element: ET.Element) -> str:
    """The name of an element without its namespace (SVG has one)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def headings(tree: ET.Element) -> list[str]:
    """A page has one `h1` with a text, and no level is left out on the way down."""
    levels = [
        (int(name[1]), text_of(element))
        for element in tree.iter()
        if (name := local_name(element)) in ("h1", "h2", "h3", "h4", "h5", "h6")
    ]
    first = [text for level, text in levels if level == 1]
    found = [] if len(first) == 1 else [f"{len(first)} h1: {first}"]
    found += ["an empty heading" for _level, text in levels if not text]
    before = 0
    for level, text in levels:
        if level > before + 1:
            found.append(f"h{level} “{text}” after h{before}")
        before = level
    return found


def ids(tree: ET.Element) -> list[str]:
    """Ids are unique, and whatever is referred to exists."""
    known = Counter(element.get("id") for element in tree.iter() if element.get("id") is not None)
    found = [f"{count} × id {name!r}" for name, count in known.items() if count > 1 or not name]
    for element in tree.iter():
        for attribute in REFERENCES:
            found += [
                f"{local_name(element)} {attribute} {name!r} leads nowhere"
                for name in (element.get(attribute) or "").split()
                if name not in known
            ]
        link = element.get("href", "")
        if link.startswith("#") and link[1:] not in known:
            found.append(f"link to {link!r} leads nowhere")
    return found


def inline_code(tree: ET.Element) -> list[str]:
    """Nothing that a strict content security policy would block, and nothing that it could miss."""
    found = []
    for element in tree.iter():
        name = local_name(element)
        if name == "style":
            found.append("a style element")
        if name == "script" and not element.get("src") and element.get("type") not in DATA_BLOCKS:
            found.append("a script element with code")
        for attribute, value in element.attrib.items():
            if attribute == "style" or attribute.startswith("on"):
                found.append(f"{name} {attribute}={value!r}")
            if value.strip().lower().startswith("javascript:"):
                found.append(f"{name} {attribute}={value!r}")
    return found


def names_of_fields(tree: ET.Element) -> list[str]:
    """Every field that people fill has a label or a name."""
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {id(inner) for label in tree.iter("label") for inner in label.iter()}
    return [
        f"{field.tag} {field.get('name')!r} has no label"
        for field in tree.iter()
        if local_name(field) in ("input", "select", "textarea")
        and field.get("type") not in ("hidden", "submit", "button")
        and field.get("id") not in labelled
        and id(field) not in wrapped
        and not field.get("aria-label")
        and not field.get("aria-labelledby")
    ]


def undefined(html: str) -> list[str]:
    """The template variables that did not exist, where the site marks them."""
    before, after = map(re.escape, UNDEFINED.split("%s"))
    return re.findall(f"{before}(.*?){after}", html, re.DOTALL)


CHECKS: tuple[Callable[[ET.Element], list[str]], ...] = (
    headings,
    ids,
    inline_code,
    names_of_fields,
)
