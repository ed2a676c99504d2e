"""The collation that sorts by the Turkish alphabet.

SQLite gets it per connection (``common.database``); PostgreSQL once, from ICU.
"""

from django.contrib.postgres.operations import CreateCollation
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [CreateCollation("turkish", provider="icu", locale="tr-TR")]
