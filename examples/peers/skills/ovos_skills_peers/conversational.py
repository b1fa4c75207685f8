"""Import the base class of skills that converse, in every ovos-workshop."""

try:
    from ovos_workshop.skills.converse import ConversationalSkill
except ImportError:  # older versions, in which every skill can converse
    from ovos_workshop.skills import OVOSSkill as ConversationalSkill

__all__ = ["ConversationalSkill"]
