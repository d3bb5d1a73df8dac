"""The roster import, one step a module, top to bottom in the order of use.

decode (bytes to text) > dialect (text to cells) > mapping (which column is what) > rows (cells to values) >
lines (values against each other) > plan (values against who is here). Those six are pure. `intake` keeps
what was uploaded, `check` makes the preview and `apply` does the work, both as jobs.
"""
