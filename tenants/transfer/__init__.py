"""What moving, restoring and importing do alike: tell what a schema has, fill one, and mind shared rows elsewhere."""
