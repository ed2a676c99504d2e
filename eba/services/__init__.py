"""The only writers of use and criteria."""

from eba.services.criteria import approve_table, change_draft, discard_draft, new_version

__all__ = ["approve_table", "change_draft", "discard_draft", "new_version"]
