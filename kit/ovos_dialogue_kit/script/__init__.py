"""A dialogue script: from the text of a ``*.dialogue.yaml`` to a ``Script``.

``parse.load`` reads a file. ``format/`` defines every key; the parser, the JSON Schema
and the script reference are all derived from it.
"""
