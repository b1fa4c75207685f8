"""The pytest plugin: collect scripts as tests, and provide ``assistant``."""
