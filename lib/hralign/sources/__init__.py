"""Where the data are, what form they must have, and how the real ones are read."""
