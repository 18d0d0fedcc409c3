"""The gateway: HTTP and WebSocket on one side, the mesh on the other."""
