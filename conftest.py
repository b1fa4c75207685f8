"""Sets up this repository's own test run.

The kit's plugin needs no conftest: it comes with the installed kit. What is asked for
here is pytest's own tool to test a plugin as its user meets it, which pytest allows in
the topmost conftest only; and the catalogue of leaks, which takes longer than all other
tests together, is left to ``tox -e isolation`` or ``KIT_SCHEDULES=12 pytest``.
"""

import os

pytest_plugins = ["pytester"]

collect_ignore = []
if "KIT_SCHEDULES" not in os.environ:
    collect_ignore.append("kit/tests/test_catalogue.py")
