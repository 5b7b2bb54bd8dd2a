"""Parts that networks share: layers, initial weights, checks of shapes."""
