"""The site, and beside it in the same process a Django without any middleware for `/plain/`."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()
with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()
site = WSGIHandler()


def application(environ, start_response):
    handler = bare if environ["PATH_INFO"] == "/plain/" else site
    return handler(environ, start_response)
