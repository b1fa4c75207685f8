"""Buses that connect an assistant with its clients: in memory, or a real websocket."""
