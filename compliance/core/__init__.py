"""The arithmetic of obligation: standard library only, no clock, no input or output.

Every date here is a date in the tenant's zone and means *until the end of that day*.
The same functions serve the preview, the clockwork and the explanation, so they cannot disagree.
"""
