"""What a department's site shares with its university's: an agreement either side can end, and aggregates only.

Inside a tenant everything here goes through functions of the database that know their caller by its role, so neither
side can name, see or change what is another's (migration `roll_up`).
"""
