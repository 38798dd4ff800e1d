"""The site itself: settings, users, page shell, clock, data version, health, legal pages."""

import os

__version__ = "0.1.0"

# Where lxml happens to be installed, openpyxl would read with it instead of defusedxml. Said here,
# because it must be said before anything imports openpyxl.
os.environ["OPENPYXL_LXML"] = "False"
