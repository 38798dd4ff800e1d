"""`manage.py reseal_second_factors`: after a new SECRET_KEY, before the old one is thrown away."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from portal.accounts import sealing

SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = (
        "Write the secrets of second factors under the present SECRET_KEY. Needed after a change "
        "of it, while the old one still stands in SECRET_KEY_FALLBACKS."
    )

    def handle(self, **options) -> None:
        written = lost = 0
        with transaction.atomic():
            for row in Authenticator.objects.select_for_update():
                sealed = {name: row.data[name] for name in SECRETS if name in row.data}
                anew = {name: sealing.reseal(text) for name, text in sealed.items()}
                if None in anew.values():
                    lost += 1
                elif anew:
                    row.data |= anew
                    row.save(update_fields=["data"])
                    written += 1
        self.stdout.write(f"{written} written, {lost} unreadable.")
