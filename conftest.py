"""Sets up this repository's own test run.

The kit's plugin needs no conftest: it comes with the installed kit. What is asked for
here is pytest's own tool to test a plugin as its user meets it, which pytest allows in
the topmost conftest only.
"""

pytest_plugins = ["pytester"]
