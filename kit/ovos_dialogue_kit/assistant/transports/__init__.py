"""Connect an assistant with its clients: over a bus in memory, or a real websocket."""
