"""Where other people's libraries meet ours."""
