"""What the municipality hands over on paper: sheets, their drawing, their codes and signatures, and the
register of every document issued."""
