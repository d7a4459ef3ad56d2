"""What the monograph adds to Sphinx: equations, generated pages, explorers."""
