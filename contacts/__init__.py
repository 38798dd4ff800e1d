"""WHO: areas, offices, posts, people, responsibilities, and the look-up that joins them."""
