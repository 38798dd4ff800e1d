"""The table of the shared cache, so that no installation needs a command more."""

from django.core.management import call_command
from django.db import migrations

TABLE = "portal_cache"


def create(apps, schema_editor):
    database = schema_editor.connection.alias
    call_command("createcachetable", TABLE, database=database, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_outbox_and_jobs")]
    operations = [migrations.RunPython(create, drop)]
