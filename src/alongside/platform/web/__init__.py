"""The one gate between HTTP and the rooms: who is asking, in which transaction, and how it is answered."""
