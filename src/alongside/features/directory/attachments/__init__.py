"""Pictures and files that go with an entry: taken in with care, shown or handed out, taken away."""
