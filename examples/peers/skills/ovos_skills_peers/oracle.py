"""Know an answer to every question."""

from ovos_workshop.skills.common_query_skill import CommonQuerySkill, CQSMatchLevel


class OracleSkill(CommonQuerySkill):
    """Answer a question that is asked of all skills."""

    def CQS_match_query_phrase(  # noqa: N802 - the name that OVOS calls
        self, phrase: str
    ) -> tuple[str, CQSMatchLevel, str, dict[str, str]]:
        """Return the answer, and that it is exact."""
        return phrase, CQSMatchLevel.EXACT, "nobody knows", {"asked": phrase}

    def CQS_action(  # noqa: N802 - the name that OVOS calls
        self, phrase: str, data: dict[str, str]
    ) -> None:
        """Say more once the answer is chosen."""
        self.speak("but everybody wonders")
