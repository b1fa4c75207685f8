"""Compare the results of the same dialogues on different versions of ovos-core."""
