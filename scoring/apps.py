from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "Puanlar ve sıralamalar"

    def ready(self) -> None:
        from common.imports.guards import undo_guard
        from scoring.selectors.files import built_on

        undo_guard(built_on)
