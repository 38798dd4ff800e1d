"""Migrations that the release before could not live with: `python tests/lint_migrations.py`.

A migration runs while the former release still serves (docs/decisions/0015-updates.md), so it may
add, and take nothing away that is in use. What a migration does is read from the SQL that it makes
on PostgreSQL: on SQLite every change builds the table anew, and nothing can be told apart.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import postgresql

# Made before the first release: nobody has ever run the site without them.
BEFORE_THE_FIRST_RELEASE = {"portal": 4, "contacts": 9, "projects": 7}


def found(url: str, apps: dict[str, int]) -> bool:
    """Whether something is wrong with the migrations of `apps` after these numbers; prints it."""
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader
    from django_migration_linter import MigrationLinter

    linter = MigrationLinter(no_cache=True, quiet=["ignore", "ok"], exclude_migration_tests=[])
    for app, name in sorted(MigrationLoader(None).disk_migrations):
        if app in apps and int(name[:4]) > apps[app]:
            linter.lint_migration(linter.migration_loader.get_migration(app, name))
    print(f"{linter.nb_total} migrations looked at, {linter.nb_erroneous} wrong")  # noqa: T201
    return linter.has_errors


def main(arguments: list[str]) -> int:
    """With `app=number`, look at that app's migrations after this number."""
    apps = BEFORE_THE_FIRST_RELEASE | {
        app: int(number) for app, number in (each.split("=") for each in arguments)
    }
    if postgresql.binaries() is None:
        if os.environ.get("CI"):
            return 1
        print("Migrations are not linted: this machine has no PostgreSQL.")  # noqa: T201
        return 0
    with postgresql.cluster() as server:
        return int(found(server.url, apps))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
