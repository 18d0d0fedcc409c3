"""Who may do what on NATS: keys, roles, credentials, revocations."""
