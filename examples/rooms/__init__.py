"""Strangers are put into rooms, two to a room, and call one another."""
