"""Doors to rankings, objections and points."""
