"""The services of the mesh. None imports another; they meet in `shared.contracts`."""
