"""The skills that ovos-core's end-to-end tests need, written from scratch."""
