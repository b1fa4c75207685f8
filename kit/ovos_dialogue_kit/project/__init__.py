"""Find, read and write the files of the user's project."""
