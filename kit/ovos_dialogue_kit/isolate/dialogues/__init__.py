"""Make what is tried: the schedules and the variants of a dialogue."""
