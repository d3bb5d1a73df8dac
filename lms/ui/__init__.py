"""How everything looks: components, layouts, partial pages, CSS, JavaScript, icons and the living style guide."""
