"""Compare a ``Transcript`` with what its fixture expects: the result is mismatches.

``compare.compare`` finds them, and ``judge.judge`` makes the verdict of them.
"""
