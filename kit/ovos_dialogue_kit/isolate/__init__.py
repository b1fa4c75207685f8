"""Find leaks from one session to another, without being told what to expect.

``search.search`` tries ``schedules`` of a dialogue in each of its ``variants``. A
``leak_judge`` compares what every session hears with what it hears ``alone``;
``oracles`` find the differences, and ``trial`` decides which are leaks and not chance.
``shrink`` and ``finding`` reduce the first leak to a minimal script (``as_script``),
and ``report`` puts it into words. ``search_all`` does this for many dialogues,
``from_skill`` makes dialogues from a skill's own files.
"""
