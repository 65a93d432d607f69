"""Calls to AWS's API on this machine: cached boto3 clients, errors as one line."""

from threading import Lock
from typing import Any, Final

from sandbox.aws_plugin.errors import AwsError, PluginError
from sandbox.aws_plugin.loopback import is_loopback
from sandbox.aws_plugin.provider_config import STAND_IN, ProviderConfig

# moto's answer to what it does not implement, or stumbles over, is a page in HTML.
_MOTO_FAILED: Final = "the local AWS (moto) does not implement this operation, or failed in it"
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 60
# boto3 creates a client in 30-200 ms and its loader is not safe to use from two threads at once.
_CREATION = Lock()


class Connection:
    """One provider's way to AWS: `call(service, region, operation, **parameters)`."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self._clients: dict[tuple[str, str], Any] = {}
        self._session: Any = None
        self._account: str | None = None

    def call(self, service: str, region: str, operation: str, **parameters: Any) -> Any:
        """The answer of one operation; an `AwsError` with AWS's code when it is refused."""
        client = self.client(service, region)
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # 0.3 s, not needed by check and diff
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        try:
            return getattr(client, operation)(**parameters)
        except ClientError as error:
            details = error.response.get("Error", {})
            message = str(details.get("Message", ""))
            if message.lstrip().lower().startswith("<!doctype html"):
                message = _MOTO_FAILED
            raise AwsError(service, operation, str(details.get("Code", "Unknown")), message) from None
        except ResponseParserError:
            raise AwsError(service, operation, "500", _MOTO_FAILED) from None
        except BotoCoreError as error:
            raise AwsError(service, operation, type(error).__name__, str(error)) from None

    def account(self) -> str:
        """The account's id, asked once."""
        if self._account is None:
            self._account = str(self.call("sts", self.config.region, "get_caller_identity")["Account"])
        return self._account

    def client(self, service: str, region: str) -> Any:
        """The boto3 client of a service in a region, created once."""
        client = self._clients.get((service, region))
        if client is None:
            with _CREATION:
                client = self._clients.get((service, region)) or self._create(service, region)
                self._clients[service, region] = client
        return client

    def _create(self, service: str, region: str) -> Any:
        import boto3  # noqa: PLC0415 # 0.3 s, not needed by check and diff
        from botocore.config import Config  # noqa: PLC0415

        url = self.config.endpoints.get(service)
        if url is None or not is_loopback(url):
            raise PluginError(
                f"{STAND_IN}: the provider's endpoints name no local URL for the service {service!r}; "
                f"add {service!r} to its endpoints"
            )
        if self._session is None:
            self._session = boto3.Session(
                aws_access_key_id=self.config.access_key,
                aws_secret_access_key=self.config.secret_key,
                aws_session_token=self.config.token,
                region_name=region,
            )
        return self._session.client(
            service,
            region_name=region,
            endpoint_url=url,
            config=Config(
                retries={"total_max_attempts": 1},
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                max_pool_connections=32,
                proxies={},  # a proxy of the environment is not this machine
                parameter_validation=True,
                s3={"addressing_style": "path" if self.config.path_style else "auto"},
            ),
        )
