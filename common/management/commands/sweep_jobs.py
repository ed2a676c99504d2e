from typing import Any

from django.core.management.base import BaseCommand

from common import jobs


class Command(BaseCommand):
    help = "Sahipsiz kalan işleri bulur: bekleyenleri uyandırır, denemesi bitenleri durdurur."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = jobs.sweep()
        self.stdout.write(f"Uyandırılan: {swept.woken}, durdurulan: {swept.buried}")
