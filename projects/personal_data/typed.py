"""What was typed into forms, below the questions that stood there."""

from collections.abc import Iterator

from projects.sections.base import Raw
from projects.sections.reading import Answer


def pairs_of(answered: list[Answer], raw: Raw, fields) -> Iterator[dict[str, str]]:
    """Each answer below its question; at the end what is no answer to what is asked today."""
    yield from ({"question": answer.label, "answer": answer.shown} for answer in answered)
    names = {answer.name for answer in answered}
    for name, texts in raw.items():
        text = ", ".join(text for text in texts if text.strip())
        if name not in names and text:
            label = fields[name].label if name in fields else name
            yield {"question": str(label or name), "answer": text}
