"""The building blocks of every screen. No word of any business here; each is shown in every state on the style page."""
