"""Define the script format: its keys, the kinds of their values, YAML with places.

The parser, the JSON Schema and ``docs/script.md`` are all derived from these
definitions.
"""
