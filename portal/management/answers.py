"""What an operator says to a command: as options, or one question after the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError


@dataclass(frozen=True)
class Question:
    """`check` gives the value that a text means, or raises ValidationError."""

    name: str
    text: str
    check: Callable[[str], Any] = str


class Answers:
    """Answers from `options`; what is not among them is asked for, until it is right.

    With `may_ask=False` a question without a default raises CommandError, and so does a wrong
    option in any case: who writes a script wants it to end.
    """

    def __init__(self, options: dict[str, Any], *, may_ask: bool, write: Callable) -> None:
        self.options = options
        self.may_ask = may_ask
        self.write = write

    def refuse_wrong(self, questions: Iterable[Question]) -> None:
        """Raise CommandError for a wrong option before anything is written."""
        for question in questions:
            if self.options[question.name] is not None:
                self._checked(question, self.options[question.name])

    def to(self, question: Question, *, default: str | None = None, known: str = "") -> Any:
        """The answer; what is `known` already is not asked for, and yields to an option alone."""
        given = self.options[question.name]
        if given is None:
            given = known or (None if self.may_ask else default)
        if given is not None:
            return self._checked(question, given)
        if not self.may_ask:
            raise CommandError(f"Give --{question.name}: {question.text}.")
        while True:
            try:
                return question.check(self._typed(question, default).strip())
            except ValidationError as error:
                self.write("  " + "; ".join(said(error)))

    def _typed(self, question: Question, default: str | None) -> str:
        hint = f" [{default}]" if default else ""
        try:
            return input(f"{question.text}{hint}: ") or default or ""
        except EOFError:
            raise CommandError(
                f"Nobody is there to answer. Give --{question.name}, or all with --no-input."
            ) from None

    def _checked(self, question: Question, given: str) -> Any:
        try:
            return question.check(given.strip())
        except ValidationError as error:
            raise CommandError(f"--{question.name}: {'; '.join(said(error))}") from error


def said(error: ValidationError) -> list[str]:
    if not hasattr(error, "message_dict"):
        return list(error.messages)
    return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
