"""What the operator writes into the environment: read so that a slip is named and not guessed at.

For `portal.settings` alone, which is not ready while this runs.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS)
NO = frozenset({"false", "off", "no", "n", "0"})


class Environment(environ.FileAwareEnv):
    """Variables, each also as NAME_FILE; an empty one is as good as none.

    All raise ImproperlyConfigured with the name of the variable, and never with a secret.
    """

    def get_value(self, var, *args, **kwargs):
        try:
            return super().get_value(var, *args, **kwargs)
        except (OSError, UnicodeError) as error:
            raise ImproperlyConfigured(
                f"{var}_FILE names a file that cannot be read ({type(error).__name__})."
            ) from error

    def number(self, var: str, default: int, *, least: int = 1, most: int = 10_000) -> int:
        """A whole number from `least` to `most`."""
        text = self.str(var, "").strip() or str(default)
        if not (text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most):
            raise ImproperlyConfigured(f"{var} is a number from {least} to {most}, not {text!r}.")
        return int(text)

    def yes(self, var: str, default: bool = False) -> bool:
        """Whether it is wanted; any other word than those for yes and no may mean either."""
        text = self.str(var, "").strip().lower()
        if text and text not in YES | NO:
            raise ImproperlyConfigured(f"{var} is true or false, not {text!r}.")
        return text in YES if text else default

    def one_of(self, var: str, default: str, allowed: Sequence[str]) -> str:
        text = self.str(var, "").strip() or default
        if text not in allowed:
            raise ImproperlyConfigured(f"{var} is {' or '.join(allowed)}, not {text!r}.")
        return text

    def address(self, var: str) -> str:
        """The address of a site, without a slash at its end; "" where there is none."""
        text = self.str(var, "").strip().rstrip("/")
        try:
            _port = urlsplit(text).port
        except ValueError:
            raise ImproperlyConfigured(f"{var} is no address: {text!r}.") from None
        return text
