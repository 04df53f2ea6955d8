"""Why a backup or a restore does not go on."""


class Refused(Exception):
    """One sentence: what is wrong, and the mend."""
