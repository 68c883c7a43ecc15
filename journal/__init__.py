"""What happened to an enterprise, moves between states, and writes that happen once."""
