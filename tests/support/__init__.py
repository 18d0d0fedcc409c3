"""What the tests stand on: a nats-server to kill, a clock to set, stores that fail on demand."""
