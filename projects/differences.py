"""What has changed between two versions of an application, question by question."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.answers import OFFICIAL


@dataclass(frozen=True)
class Difference:
    """One question whose answer is another one; "" for an answer that was or is not there."""

    section: str
    label: str
    before: str
    after: str


def between(before: dict, after: dict) -> list[Difference]:
    """The differences of two frozen contents, in the active language where they have it."""
    found = []
    old = {section["slug"]: section for section in before["sections"]}
    for section in after["sections"]:
        found += _of_section(old.pop(section["slug"], None), section)
    for section in old.values():
        found += _of_section(section, None)
    return found + _of_files(before, after)


def _of_section(before: dict | None, after: dict | None) -> Iterator[Difference]:
    title = texts_of(after or before)["title"]
    old = dict(_lines(before)) if before else {}
    for key, (label, shown) in _lines(after) if after else ():
        _label, was = old.pop(key, ("", ""))
        if was != shown:
            yield Difference(title, label, was, shown)
    for label, was in old.values():
        yield Difference(title, label, was, "")


def _lines(section: dict) -> Iterator[tuple[tuple, tuple[str, str]]]:
    """Each answer under a key that is the same in both versions."""
    texts = texts_of(section)
    for answer in texts["answers"]:
        yield (answer["name"],), (answer["label"], answer["shown"])
    for rows in texts["rows"]:
        for number, line in enumerate(rows["lines"], start=1):
            for answer in line:
                label = f"{rows['title']} {number}: {answer['label']}"
                yield (rows["name"], number, answer["name"]), (label, answer["shown"])


def texts_of(section: dict) -> dict:
    """What stands in a frozen section, in the active language where it has it."""
    return section["texts"].get(get_language(), section["texts"][OFFICIAL])


def _of_files(before: dict, after: dict) -> list[Difference]:
    old = {file["uuid"]: file["name"] for file in before["attachments"]}
    new = {file["uuid"]: file["name"] for file in after["attachments"]}
    title, label = _("Attachments"), _("File")
    added = [Difference(title, label, "", name) for key, name in new.items() if key not in old]
    gone = [Difference(title, label, name, "") for key, name in old.items() if key not in new]
    return added + gone
