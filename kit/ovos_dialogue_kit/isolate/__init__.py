"""Find leaks from one session to another, without being told what to expect.

``search.search`` tries schedules of a dialogue in each of its variants (``dialogues``).
What every session hears is compared with what it hears alone, and differences are tried
again, until they are leaks or chance (``judging``). ``shrink`` and ``finding`` reduce
the first leak to a minimal script (``as_script``), and ``reports`` puts it into words.
``search_all`` does this for many dialogues.
"""
