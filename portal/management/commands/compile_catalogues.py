from django.conf import settings
from django.core.management.base import BaseCommand

from portal.catalogues import compile_catalogues


class Command(BaseCommand):
    help = (
        "Compile the message catalogues that are newer than their compiled form (needs no gettext)."
    )
    requires_system_checks = ()

    def handle(self, **options) -> None:
        written = compile_catalogues(settings.LOCALE_PATHS)
        if options["verbosity"] > 0:
            self.stdout.write(f"Compiled {len(written)} catalogues.")
