"""The site in a process whose clock starts at `STARTS_AT` and then ticks on."""

import os

import time_machine

time_machine.travel(os.environ["STARTS_AT"], tick=True).start()

from portal.wsgi import application  # noqa: E402

__all__ = ["application"]
