"""The one exception whose text is meant for the person in front of the screen."""


class FittingRoomError(Exception):
    """Something a person can cause or mend.

    Its text is one sentence that says what happened and what to do. The app and the command
    line show it as it is; anything else that is raised is a bug and goes to the log.
    """
