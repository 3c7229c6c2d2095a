"""The benchmark: what the program does in a second, as ratios to yardsticks measured in the same run."""
