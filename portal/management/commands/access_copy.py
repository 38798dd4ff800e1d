"""`manage.py access_copy EMAIL --to FILE`: the copy of their data for who asks by letter."""

import os
import shutil
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from portal import clock, my_data
from portal.models import User


class Command(BaseCommand):
    help = (
        "Write everything that is stored about the person with this e-mail address to a ZIP "
        "(Article 15 GDPR). The file must not exist yet; only its owner may read it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address with which the person logs in")
        parser.add_argument("--to", required=True, metavar="FILE", help="the ZIP to be written")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, help="of the readable part"
        )

    def handle(self, *, email: str, to: str, language: str, **options) -> None:
        if language not in dict(settings.LANGUAGES):
            raise CommandError("There is no such language.")
        user = User.objects.of_address(email)
        if user is None:
            raise CommandError("Nobody has this address.")
        try:
            descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"The file cannot be written: {error.strerror}.") from None
        with (
            override(language),
            os.fdopen(descriptor, "wb") as target,
            my_data.write(user, now=clock.now()) as source,
        ):
            shutil.copyfileobj(source, target)
        self.stdout.write(f"Written to {to}.")
