"""Computer glasses: making them, minimising them, and knowing their soft modes."""
