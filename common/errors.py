"""Errors that are meant for people: each carries one Turkish sentence that says how to put things right.

Free of Django at import, so that the sandbox child may use it.
"""


class UserError(Exception):
    """A refusal to be shown as it is: pages show the sentence, commands print it and exit with 1."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Conflict(UserError):
    """Somebody else was faster: the object is no longer in the state the caller saw (HTTP 409)."""
