from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Ortak altyapı"

    def ready(self) -> None:
        from common.database import prepare_connection

        connection_created.connect(prepare_connection, dispatch_uid="common.prepare_connection")
