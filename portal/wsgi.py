"""The WSGI application. In production it does not start while demo accounts exist."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

if settings.PRODUCTION:
    from django.db import connections

    from portal.auth import refuse_demo_accounts

    refuse_demo_accounts()
    connections.close_all()  # requests have connections of their own, one a thread
