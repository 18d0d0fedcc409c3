"""The expiry service: makes deadlines happen."""
