"""The parts of Deploy/soak, a file a concern."""
