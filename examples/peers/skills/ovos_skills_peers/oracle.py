"""Know an answer to every question."""

from ovos_workshop.skills.common_query_skill import CommonQuerySkill, CQSMatchLevel


class OracleSkill(CommonQuerySkill):
    """Answer every common query."""

    def CQS_match_query_phrase(  # noqa: N802 - the name that OVOS calls
        self, phrase: str
    ) -> tuple[str, CQSMatchLevel, str, dict[str, str]]:
        """Return the answer as an exact match."""
        return phrase, CQSMatchLevel.EXACT, "nobody knows", {"asked": phrase}

    def CQS_action(  # noqa: N802 - the name that OVOS calls
        self, phrase: str, data: dict[str, str]
    ) -> None:
        """Add a remark once the answer is chosen."""
        self.speak("but everybody wonders")
