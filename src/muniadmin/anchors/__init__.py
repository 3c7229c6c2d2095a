"""Anchors: signed lines that say where every chain stood, kept in the database, on paper and in a folder outside it."""
