"""What is said: messages, subjects, ids. Pure: standard library and msgspec only."""
