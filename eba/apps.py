from django.apps import AppConfig


class EbaConfig(AppConfig):
    name = "eba"
    verbose_name = "EBA kullanımı"
