"""Plain pages for a phone: what a link in a message opens. No script is needed anywhere."""
