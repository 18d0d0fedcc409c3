"""Entities that are no banners: what the kit promises, it promises to any."""
