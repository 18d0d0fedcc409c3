"""Planes that fly banners along real coasts, from a seed: the simulated fleet."""
