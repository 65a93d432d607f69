"""A stand-in identity provider: it signs what it is asked to, for people who exist on this machine only."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from pathlib import Path

ISSUER: Final = "https://stand-in-idp.hamar.example"
AUDIENCE: Final = "enclave-sandbox"
MINUTES: Final = 15


class IdentityProvider:
    """One signing key (ES256), kept in a file."""

    def __init__(self, file: Path) -> None:
        """Read the key, or make one where there is none."""
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = ECKey.generate_key("P-256", parameters={"kid": "stand-in"}, private=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
        self._key = ECKey.import_key(json.loads(file.read_text(encoding="utf-8")))

    @property
    def described(self) -> dict[str, str]:
        """What a gateway has to know of it."""
        return {"issuer": ISSUER, "audience": AUDIENCE, "jwks": self.jwks}

    @property
    def jwks(self) -> str:
        """The public key, as the text of a JSON Web Key Set."""
        public = {**self._key.as_dict(private=False), "kid": "stand-in", "alg": "ES256", "use": "sig"}
        return json.dumps({"keys": [public]}, sort_keys=True)

    def token(self, person: str, employer: str, country: str, **claims: Any) -> str:
        """Return a token for a person; ``claims`` override those that it would have."""
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": person,
            "employer": employer,
            "country": country,
            "iat": now,
            "nbf": now,
            "exp": now + 60 * MINUTES,
            **claims,
        }
        return jwt.encode({"alg": "ES256", "kid": "stand-in"}, said, self._key)
