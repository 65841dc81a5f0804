"""What Deploy/fuzz makes of what libFuzzer says."""
