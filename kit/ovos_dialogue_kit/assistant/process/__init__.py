"""An assistant in a process of its own, forked anew for each case."""
