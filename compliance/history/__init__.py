"""What was believed when: every fact a figure depends on, as it was before it changed."""
