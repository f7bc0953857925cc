"""Other names for what tells who was talking: addresses, ports of clients, hardware addresses; the same for one key."""
