"""The project's own repeater, spoiled."""
