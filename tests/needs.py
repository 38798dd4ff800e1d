"""What some tests need from the machine, and what happens where it is missing.

On a developer's machine the test is skipped and says why; with `CI=true` it fails, so that a green
run there has really run everything.
"""

import os
import shutil
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")
ON_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


def need(found: T | None, what: str) -> T:
    """Return what was found, or skip the running test (fail, on CI)."""
    if found:
        return found
    reason = f"this machine has no {what}"
    if ON_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def chromium() -> str | None:
    """The path of a Chromium: of the variable CHROMIUM, or where systems install it."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names)]
    return next((path for path in candidates if path and Path(path).exists()), None)
