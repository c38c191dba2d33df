"""The aims of an agreement, which can change until both headteachers have signed."""
