"""Start the installed ovos-core's intent service, with skills and intent engines."""
