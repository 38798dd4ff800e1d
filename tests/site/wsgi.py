"""The real application with the addresses of tests/site/urls.py.

With MARK_UNDEFINED in the environment, a template variable that does not exist leaves a mark in
the page instead of nothing.
"""

import os

from django.conf import settings

from tests.site.markup import UNDEFINED

settings.ROOT_URLCONF = "tests.site.urls"
if os.environ.get("MARK_UNDEFINED"):
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UNDEFINED

from portal.wsgi import application  # noqa: E402

__all__ = ["application"]
