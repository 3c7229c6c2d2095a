"""Screens of the assessment office: revenue heads, their tariffs, rolls and bills."""
