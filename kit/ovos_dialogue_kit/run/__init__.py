"""Run many cases: load and select them, replay each on an assistant, report results."""
