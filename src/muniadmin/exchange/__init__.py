"""Files that come in: real rolls and registers, read as they are, checked line by line, and put in all at once."""
