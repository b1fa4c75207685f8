"""What surrounds an assistant in its process: its private home, its end, coverage."""
