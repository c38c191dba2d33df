"""People: who holds which role; with the pages of signing in, of one's own account and of invitations."""

from alongside.people.account import pages as account_pages
from alongside.people.sign_in import pages as sign_in_pages

routes = [*sign_in_pages.routes, *account_pages.routes]
