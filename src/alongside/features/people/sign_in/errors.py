"""Reasons for refusing a sign-in, each with a page that says what to do."""

from dataclasses import dataclass

from alongside.errors import AlongsideError


@dataclass
class SignInRefused(AlongsideError):
    """A sign-in that is refused. `because` is a key of REASONS; `log` has details for the operator."""

    because: str
    log: str = ""

    def __str__(self) -> str:
        """The text for the log."""
        return f"{self.because}: {self.log}" if self.log else self.because


@dataclass(frozen=True, slots=True)
class Reason:
    """The content of the error page: title, text and HTTP status."""

    title: str
    text: str
    status: int = 403


REASONS = {
    "begun_elsewhere": Reason(
        "Start signing in again",
        "You started signing in from another browser, or your sign-in expired. Go back and start again.",
    ),
    "cancelled": Reason(
        "You were not signed in",
        "The sign-in was stopped before it was finished. Start again when you are ready.",
    ),
    "not_believed": Reason(
        "We could not be sure who you are",
        "The answer of your sign-in service did not pass our checks, so nobody was signed in. Start again; if it "
        "happens again, tell the contact below.",
    ),
    "provider_down": Reason(
        "Your sign-in service does not answer",
        "Wait a few minutes and try again. People who are signed in already can go on working.",
        503,
    ),
    "unknown": Reason(
        "We do not know you yet",
        "You have signed in, but nobody has given you a role here. Ask the contact below for an invitation, and "
        "open it in this browser.",
    ),
    "no_role": Reason(
        "You have no role here now",
        "We know you, but the roles that you held have ended. Ask the contact below if that is wrong.",
    ),
    "wrong_directory": Reason(
        "This account belongs to another organisation",
        "Sign in with the account of an organisation that this authority works with.",
    ),
    "no_organisation": Reason(
        "We do not know your organisation",
        "Your sign-in service did not say which school or authority you belong to. Choose your organisation when "
        "you sign in, or ask the contact below.",
    ),
    "several_organisations": Reason(
        "Choose one organisation",
        "Your sign-in service named several organisations. Sign in again and choose the one you act for.",
    ),
    "other_organisation": Reason(
        "Your organisation is not one of this authority",
        "We let in schools of this authority and the authority itself. If your school has just joined or has a "
        "new number, ask the contact below.",
    ),
    "school_closed": Reason(
        "Your school is closed in the register",
        "The school of your account is closed in the DfE’s register. If it has a new number, ask for your account "
        "to be moved to it.",
    ),
    "role_unknown": Reason(
        "We know where you work, but not your role",
        "Ask the approver of your organisation in DfE Sign-in to give you a role for this service, or ask the "
        "contact below for an invitation.",
    ),
    "invitation_gone": Reason(
        "This invitation can no longer be used",
        "It was used, withdrawn or has run out. Ask the person who invited you to send it again.",
    ),
    "invitation_for_another": Reason(
        "This invitation was sent to somebody else",
        "The address of your account is not the one that the invitation was sent to. Sign in with the account of "
        "that address, or ask the person who invited you to send it to the address you use.",
    ),
}
"""The reasons for refusing a sign-in, by the key in the page's URL."""
