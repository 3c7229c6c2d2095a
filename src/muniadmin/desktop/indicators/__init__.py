"""The indicators page: tiles, chart, heads, channels, how each figure is made, and the rows behind it."""
