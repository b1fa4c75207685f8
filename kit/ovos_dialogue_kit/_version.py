"""The version of the kit, read by its build and by `kit --version`."""

__version__ = "0.1.0"
