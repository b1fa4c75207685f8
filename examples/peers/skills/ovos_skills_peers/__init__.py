"""Skills that do what those in ovos-core's end-to-end tests do, and nothing else."""
