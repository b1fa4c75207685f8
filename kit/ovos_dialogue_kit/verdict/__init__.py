"""Compare a ``Transcript`` with what its fixture expects: the result is mismatches.

``compare.compare`` finds them, ``xfail.judge`` decides what they mean for the dialogue.
"""
