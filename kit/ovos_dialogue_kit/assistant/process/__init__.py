"""Run an assistant in a process of its own, which is forked for each case."""
