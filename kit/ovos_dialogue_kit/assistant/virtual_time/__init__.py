"""Run one thread at a time, on a clock that jumps to the next deadline."""
