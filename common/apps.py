from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Ortak altyapı"

    def ready(self) -> None:
        from common import checks  # noqa: F401
        from common.database import prepare_connection
        from common.imports import jobs  # noqa: F401

        connection_created.connect(prepare_connection, dispatch_uid="common.prepare_connection")
        # Every process knows every kind of job, so that a job can be created, shown and woken anywhere;
        # and every kind of file that may be imported.
        autodiscover_modules("tasks", "importers")
