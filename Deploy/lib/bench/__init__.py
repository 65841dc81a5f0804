"""What Deploy/bench is made of, a concern a file."""
