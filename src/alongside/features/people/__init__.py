"""People: roles, invitations, sign-in, sessions and account settings."""
