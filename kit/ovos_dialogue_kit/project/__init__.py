"""The files of the user's project: scripts, fixtures, and pytest's settings."""
