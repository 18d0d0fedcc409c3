"""The page at `/`, in a real browser, on a real mesh."""
