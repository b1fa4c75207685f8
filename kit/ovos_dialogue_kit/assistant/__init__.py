"""The real assistant: the only package that imports OVOS.

``process`` is what others use: an assistant in a process of its own. Behind it,
``worker`` is that process, which talks to its user (``channel``), replays in copies of
itself (``fork``) and ends with its user (``ending``). ``local`` boots (``boot``,
``generations``) and replays on a bus in memory (``bus``) in virtual time
(``scheduler``, ``primitives``; ``selecting`` and ``outside`` for what waits for files
and other processes), and ``remote`` does so on a real message bus (``websocket``).
``setup``, ``options`` and ``sandbox`` are plain and import nothing of OVOS.
"""
