"""Finds what leaks from one session to another, without being told what to expect.

``hunt`` (in ``hunting``) tries schedules of a dialogue (``schedules``) in its variants
(``worlds``), asks the oracles (``judge``, ``oracles``) what each shows beside what its
sessions hear alone (``solo``, ``observe``), and makes the first leak small (``shrink``,
``finding``). ``report`` and ``rewrite`` tell it and write it as a script; ``build``
makes dialogues from a skill's own files; ``campaign`` hunts in many dialogues.
"""
