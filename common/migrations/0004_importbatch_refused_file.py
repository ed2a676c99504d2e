import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_import_batch"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="refused_file",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="common.storedfile",
                verbose_name="reddedilen satırlar",
            ),
        ),
    ]
