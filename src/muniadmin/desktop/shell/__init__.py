"""The frame around the pages: operations off the screen's thread, navigation, actions, notices, jobs, sign-in."""
