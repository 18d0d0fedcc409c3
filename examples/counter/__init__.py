"""A counter that has one mail sent when it reaches ten."""
