"""Decide whether a session hears a leak: observe, compare, try again."""
