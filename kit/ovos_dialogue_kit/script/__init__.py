"""Read dialogue scripts: parse a ``*.dialogue.yaml`` into a ``Script``.

``parse.load_script`` reads a file. ``format/`` defines every key; the parser, the JSON
Schema and the script reference are all derived from it.
"""
