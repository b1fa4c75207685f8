"""Mismatches and transcripts as lines for people to read."""
