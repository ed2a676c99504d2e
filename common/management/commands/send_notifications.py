from typing import Any

from django.core.management.base import BaseCommand

from common import deliveries


class Command(BaseCommand):
    help = "Zamanı gelen bildirim e-postalarını gönderir."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while True:
            tried, sent = deliveries.send_due()
            total += sent
            if not tried:
                break
        self.stdout.write(f"Gönderilen e-posta: {total}")
