"""Pages of the program: duties, their rounds, and what one owns oneself."""
