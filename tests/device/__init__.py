"""The device library, piece by piece and on a real mesh."""
