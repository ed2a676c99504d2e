"""The doors to use and criteria."""
