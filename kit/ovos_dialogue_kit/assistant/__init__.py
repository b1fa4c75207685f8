"""Boot the real assistant and replay cases on it: the only package that imports OVOS.

``process/`` is what others use: an assistant in a process of its own, forked for each
case. In that process ``transports/`` replays, on a bus in memory in virtual time
(``virtual_time/``) or on a real message bus; ``core/`` boots the installed ovos-core,
and ``host/`` keeps the process private and ends it. ``setup``, ``protocol`` and
``transports.registry`` import nothing of OVOS.
"""
