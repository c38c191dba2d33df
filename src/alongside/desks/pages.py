"""All desks: the board, a school's own, and the tracker of those who lead."""

from alongside.desks.board import pages as board_pages
from alongside.desks.consortium import pages as consortium_pages
from alongside.desks.school import pages as school_pages

routes = [*board_pages.routes, *school_pages.routes, *consortium_pages.routes]
