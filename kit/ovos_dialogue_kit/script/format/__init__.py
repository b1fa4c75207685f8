"""The script format: its keys, the kinds of their values, and YAML with positions.

The parser, the JSON Schema and ``docs/script.md`` are all derived from these
definitions.
"""
