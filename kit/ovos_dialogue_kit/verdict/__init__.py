"""Compare a ``Transcript`` with what its fixture expects: the result is mismatches.

``compare.compare`` finds them, and ``xfail.judge`` makes the verdict of them.
"""
