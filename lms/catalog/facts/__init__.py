"""A course as plain values, and how it is read out of files: problems are found here, nothing is saved."""
