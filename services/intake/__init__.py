"""The intake: looks at what hardware says before the mesh keeps it."""
