#!/usr/bin/env python
"""Django's command line for Ansprechbar."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError

INTERRUPTED = 130


def main(arguments: list[str]) -> None:
    """What an operator can mend is one line and no traceback: --traceback shows that, too."""
    try:
        execute_from_command_line(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        sys.exit(INTERRUPTED)
    except ImproperlyConfigured as error:
        if "--traceback" in arguments:
            raise
        sys.exit(f"ImproperlyConfigured: {error}")
    except (OperationalError, ProgrammingError, InterfaceError) as error:
        if "--traceback" in arguments:
            raise
        problem = (str(error).splitlines() or [""])[0]
        sys.exit(
            f"{type(error).__name__}: {problem}\nMODE is {settings.MODE}, and the database "
            f"{settings.DATABASES['default']['NAME']}. Does it answer, and has `manage.py migrate` "
            "run there? --traceback shows what was tried."
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    main(sys.argv)
