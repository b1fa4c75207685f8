"""Render mismatches and transcripts as lines for people to read."""
