"""`make isolation`: can one tenant reach another? The tests that try it, what they counted, and the report of it."""
