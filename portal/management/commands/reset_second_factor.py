"""`manage.py reset_second_factor ADDRESS`: for whom no colleague can do it with the button."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import clock
from portal.accounts import lifecycle
from portal.models import User


class Command(BaseCommand):
    help = (
        "Forget the second factor of somebody who has lost it, and their recovery codes. Their "
        "sessions end, they are told by mail, and the next log-in sets up a new one. Ask who it "
        "is before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="e-mail address of the account")

    def handle(self, *, address: str, **options) -> None:
        user = User.objects.of_address(address)
        if user is None:
            raise CommandError("There is no account with this address.")
        lifecycle.reset_second_factor(user, by=None, site=settings.SITE_URL, now=clock.now())
        self.stdout.write("Reset: sessions are ended, a mail is on its way.")
