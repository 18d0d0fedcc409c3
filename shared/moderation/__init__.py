"""Words that no banner shows: how a text may be read, and whether it holds one of them. Pure."""
