"""Run a HiveMind hub and its satellites, in processes of an environment of their own.

The environment has HiveMind and none of the kit: these modules are run by their paths.
"""
