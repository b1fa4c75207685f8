"""Set up this repository's own test run.

The kit's plugin needs no conftest, as it comes with the installed kit. This loads
pytest's own tool for testing plugins, which must be named in the topmost conftest.
"""

pytest_plugins = ["pytester"]
