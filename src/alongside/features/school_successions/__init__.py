"""School successions: move a closed school's people, posts and agreements to the school that takes over."""
