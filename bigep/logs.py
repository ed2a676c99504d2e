"""What never reaches a log line: secrets in addresses and identity numbers."""

import logging
import re

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")
_TOKEN = re.compile(rf"(?<=[/=]){_UUID}|(?<=[/=])[A-Za-z0-9_:-]{{20,}}")


def redacted(text: str) -> str:
    """The text without eleven-digit numbers and without long random parts of addresses; UUIDs stay readable."""
    text = _TOKEN.sub(lambda match: match[0] if re.fullmatch(_UUID, match[0]) else "***", text)
    return _IDENTITY_NUMBER.sub("***", text)


class Redact(logging.Filter):
    """Rewrites each record in its final form, so that arguments are covered too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redacted(record.getMessage())
        record.args = ()
        return True
