"""Put leaks and searches into words and JSON."""
