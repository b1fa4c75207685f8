"""HiveMind hubs between an assistant and its clients."""
