"""Learning platforms: their lists of students in, their files of grades out."""
