"""Lost property: a slice as small as can be, which shows that a folder and one line in bootstrap add one.

Its files are those of every slice. See ``tests/architecture/test_toy_slice.py``.
"""
