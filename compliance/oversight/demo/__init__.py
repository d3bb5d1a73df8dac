"""A university that does not exist, with 200 people in every state of compliance, so that every page shows something.

Nothing here writes a row by itself: people come by roster, courses by import, and all else by the actions that the
pages call, with the moments of the last fifteen months passed in.
"""
