"""Boot the real assistant and replay cases on it: the only package that imports OVOS.

``process/`` is what others use: an assistant in a process of its own, forked for each
case (``SubprocessAssistant``), or in the user's process (``InProcessAssistant``). There
``transports/`` replays, on a bus in memory in virtual time (``MemoryBusAssistant``,
``virtual_time/``), on a message bus of the kit's own (``OwnBusAssistant``) or on the
user's (``UserBusAssistant``); ``core/`` boots the installed ovos-core, and ``system/``
keeps the process private and ends it. ``setup``, ``protocol`` and
``transports.registry`` import nothing of OVOS.
"""
