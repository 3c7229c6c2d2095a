"""The schema's history. Upgrades a database to what the program expects."""
