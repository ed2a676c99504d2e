"""Reads of platforms, criteria and use."""
