"""Whoever reports a barrier writes an enquiry, since an answer is owed by law."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0004_enquiries_and_documents"),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("wrong", "Something here is wrong"),
                    ("missing-place", "My place is missing"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
