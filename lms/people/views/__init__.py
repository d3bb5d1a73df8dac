"""The pages about people: shapes only; what may be done is for the guards, what is done for the actions."""
