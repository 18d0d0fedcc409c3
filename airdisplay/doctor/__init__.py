"""What is wrong with a mesh, in sentences, and what to do about it. Looks at everything, changes nothing."""
