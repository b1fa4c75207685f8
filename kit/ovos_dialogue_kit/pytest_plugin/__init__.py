"""The pytest plugin: collects scripts as tests, provides ``assistant``."""
