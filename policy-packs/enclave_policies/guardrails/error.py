"""Why a law cannot be compiled to a guardrail."""


class GuardrailError(ValueError):
    """A guardrail that cannot be made; the text names the value, the limit and the next step."""
