"""Forms for reasons that the other school reads."""

from alongside.platform.forms.reason import listed_reason_form, reason_form

REASON_FOR_OTHER_SCHOOL = reason_form(
    "Reason", "Enter a reason. The other school will read it", "The other school reads this"
)
LISTED_REASON = listed_reason_form(
    "The other school reads this", "Enter details. The other school will read them"
)
