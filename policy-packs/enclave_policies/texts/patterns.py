"""What the texts that programs read are made of: URLs, hosts, addresses, pairs of key and value, and telling keys."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

URL: Final = re.compile(
    r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.:-]{0,40})://"
    r"((?:(?![,;][^\s,;/]*://)(?:[^\s\"'<>`|\\]|\\(?=[^\s\"'<>`|/?#]*@)))*)"
)
"""A backslash ends it, but before an ``@``: clients differ on which of the two hosts is meant."""
NO_HOST_SCHEMES: Final = frozenset({"file", "unix", "s3", "s3a", "s3n", "data", "classpath", "fd", "vsock"})
"""Schemes without a host; buckets are JUR-017's."""
CLOUD_SCHEMES: Final = frozenset(
    {"gs", "gcs", "wasb", "wasbs", "abfs", "abfss", "adl", "az", "azblob", "azure", "oss", "cos", "obs", "b2", "r2"}
    | {"swift"}
    | {"gcpkms", "azurekeyvault", "projects", "dropbox", "gdrive", "onedrive", "spaces", "bigquery", "awssm", "gcpsm"}
)
"""Storage of other clouds, named by a bucket alone."""
PUBLIC_SCHEMES: Final = frozenset({"https", "wss"})
HOST_AND_PORT: Final = re.compile(r"(?i)(?<![\w./$}-])((?:[a-z0-9_-]+\.)+[a-z0-9-]+):(\d{2,5})(?![\w.])")
ADDRESS: Final = re.compile(r"(?<![\w.:/-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.]*[\w]|/\d)")
ADDRESS_V6: Final = re.compile(r"\[([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)\](?=:\d|$)")
GLOBAL_V6: Final = re.compile(
    r"(?i)(?<![\w:./-])([23][0-9a-f]{3}:(?:[0-9a-f]{0,4}:){1,6}(?:[0-9a-f]{1,4})?)(?![\w:]|/\d|\.\d)"
)
"""IPv6 addresses of the internet (2000::/3, RFC 4291), without brackets; other groups are times and digests."""
SECURE_COPY: Final = re.compile(r"(?i)(?<![\w./:@-])[\w.+-]+@((?:[a-z0-9_-]+\.)+[a-z]{2,})(?::(?!\d)|$)")
MAIL: Final = re.compile(r"(?i)[\w.+%-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})")
MODEL: Final = re.compile(
    r"(?<![\w.-])(us|us-gov|eu|apac|jp|au|ca|global)\.(?:anthropic|amazon|meta|mistral|cohere|deepseek|ai21|stability"
    r"|writer|twelvelabs|openai|qwen|nvidia)\.[\w.-]+"
)
"""Profiles of Bedrock that process in several regions."""
PAIR: Final = re.compile(r"([A-Za-z_][\w.\-]*)[\"']?[ \t]*[:=](?![:=])[ \t]*[\"']?([^\s\"',;{}\[\]]+)")
SPACED_PAIR: Final = re.compile(r"(?m)^[ \t]*([A-Za-z_][\w.\-]*)[ \t]+([^\s;]+)[ \t]*;?[ \t]*$")
COMMENT: Final = re.compile(r"(?m)^[^\S\n]*(?:#|//(?![\w.-]+/)|;|<!--|--\s|\*\s|/\*).*$")
"""Lines that only people read; ``*.*`` is rsyslog's, ``--x`` a flag, ``//host/share`` a share."""
HOST_LINE: Final = re.compile(r"(?m)^[ \t]*([A-Za-z_][\w.\-]*)[ \t]+([^\s;]+)[ \t]+[^\n]*$")
QUOTED_PAIR: Final = re.compile(r"([A-Za-z_][\w.\-]*)[ \t]+'([^'\s]+)'")
"""Options of a statement in SQL."""
WORDS_LINE: Final = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?[\"']?([\w.@$-]+)[\"']?[ \t]*[:=][^\n]*$")
"""A line that holds one key and its value."""
WORDS_FLOW: Final = re.compile(r"[\"']?([\w$@]+)[\"']?\s*:\s*\{[^{}]*\}")
WORDS_BLOCK: Final = re.compile(
    r"(?im)^([ \t]*)(?:license|externalDocs|contact|tags|examples|den(?:y|ied)\w*|blocked\w*|forbid\w*|exclude\w*)"
    r":[ \t]*\n(?:\1(?:[ \t]+\S|-[ \t])[^\n]*(?:\n|\Z))+"
)
"""A key of such a name in YAML, with a mapping or a list below it."""
XML_NAMES: Final = re.compile(
    r"(?i)\b(?:xmlns(?::[\w-]+)?|(?:\w+:)?(?:noNamespace)?schemaLocation)\s*=\s*(?:\"[^\"]*\"|'[^']*')|<!DOCTYPE[^>\[]*"
)
"""Names of namespaces and schemas, which look like addresses."""
VERSION: Final = re.compile(r"(?i)version[\"']?[ \t]*[:=]?[ \t]*[\"']?v?\d+(?:\.\d+){3}(?![\w.])")
VERSION_KEY: Final = re.compile(r"(?i).*(version|release|build|revision|tag)")
SHARE: Final = re.compile(r"(?m)(?:^|[\s\"'=,;(])//((?:[\w-]+\.)+[A-Za-z]{2,})(?=[/:\s\"']|$)")
TAIL_COMMENT: Final = re.compile(r"(?m)[ \t]#[ \t].*$")
REGION_FLAG: Final = re.compile(r"(?i)(?:region|zone|location)s?[\"']?[ \t]*[:=\s][ \t]*[\"']?([a-z][a-z0-9-]+)")
ANY_AWS_PLACE: Final = re.compile(
    r"(?i)[a-z]{2,4}(?:-[a-z]+)+-\d(?:[a-z]|(?:-[a-z0-9]+)+)?|[a-z]{2,4}\d-(?:[a-z0-9]+-)?az\d"
)
"""Regions, zones, local and wavelength zones, ids of zones."""
OTHER_CLOUDS_REGION: Final = re.compile(
    r"(?:us|europe|asia|northamerica|southamerica|australia|me|africa)-[a-z]+\d(?:-[a-z])?"
    r"|(?:us|eu|cn|ap|me|af|il|sa|ca|mx)-[a-z]+-\d[a-z]?|(?:nyc|ams|sfo|sgp|lon|fra|tor|blr|syd)\d"
    r"|(?:(?:east|west|central|north|south|northcentral|southcentral|westcentral)(?:us|eu)\d?)|(?:north|west)europe"
    r"|(?:uk|france|germany|norway|switzerland|sweden|poland|italy|spain|japan|korea|canada|brazil|australia)"
    r"(?:north|south|east|west|central|westcentral)\d?|(?:east|southeast)asia|uaenorth|qatarcentral|[a-z]{2,4}\d-(?:[a-z0-9]+-)?az\d"
)
MULTI_REGIONS: Final = frozenset({"us", "eu", "asia", "nam4", "eur4", "global", "world", "worldwide"})

HOST_KEY: Final = re.compile(
    r"(?i).*(hosts?|hostnames?|servers?|endpoints?|addr|address|addresses|urls?|uris?|domains?|brokers?|bootstrap"
    r"|proxy|registry|registries|upstreams?|backends?|targets?|sink|peers?|dsn|nameservers?|relay|smarthost|collector"
    r"|mirrors?|authority|fqdns?|dnsnames?|commonname|matchname|matchpattern|externalname|volume|monitors?|gateway"
    r"|share|source|pool|replicaof|slaveof|machine|hub|alias(?:es)?|portals?|master|replica|slave|federate|forward|repository|repo|auths"
    r"|(?:endpoint|dns)_?suffix)"
)
REGION_KEY: Final = re.compile(
    r"(?i).*(?:regions?|locationconstraint|bucket_?location)(?:[_-]?(?:names?|ids?|codes?))?"
)
ZONE_KEY: Final = re.compile(r"(?i)(?:.*[_.-])?(?:.*availability_?)?zones?(?:[_-]?(?:names?|ids?))?|(?:.*[_.-])?azs?")
"""Keys that name a zone, by its id too: ``AWS_REGION_NAME`` and ``ZONE_ID`` name places, though other names do not."""
PLACE_KEY: Final = re.compile(
    r"(?i).*(regions?|locations?|locationconstraint|zones?|availability_?zones?)(?:[_-]?(?:names?|ids?|codes?))?"
)
MAIL_KEY: Final = re.compile(r"(?i)(.*_)?(e?mails?|to|cc|bcc|recipients?|mail_?to)")
WORDS_KEY: Final = re.compile(
    r"(?i)(.*[_.-])?(runbook_?urls?|runbook|docs?|documentation|help|homepage|license|icon|logo|website|maintainers?"
    r"|\$?schemas?|schema_?urls?|xmlns.*|description|summary|title|comments?|notes?|message|contact|managed[-_]?by|readme"
    r"|examples?|external_?docs|terms_?of_?service|tags|links|no_?proxy|non_?proxy_?hosts|help_?url|docs?_?url|documentation_?url|\$id|@context|user_?agent)"
)
"""Keys whose values people read, or that open no way: where no proxy is used, what a document's schema is called."""
FORBIDDING_KEY: Final = re.compile(
    r"(?i).*(den(?:y|ied)|block(?:ed|list|hosts)|blacklist|forbid(?:den)?|exclude[ds]?|exclusions?|disallow|banned"
    r"|(?:disabled|skip(?:ped)?|ignored?|avoid(?:ed)?|unsupported|prohibited|unwanted)[_-]?(?:aws[_-]?)?"
    r"(?:regions?|zones?|countr(?:y|ies)|hosts?|domains?|locations?)).*"
)
"""Keys that name what is shut out."""
BUCKET_KEY: Final = re.compile(
    r"(?i)(?:(?!.*(?:influx|histogram|rate|token|leaky|nats|jetstream|couch|time)).*[_.-])?(?:s3_?)?bucket_?(?:names?)?|s3bucket(?:name)?|bucketnames?"
)
"""Keys that name a bucket of an object store; other things are called buckets, too."""
BUCKET_NAME: Final = re.compile(
    r"(?!\d+(?:\.\d+)*$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:,[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])*"
)
BUCKET_ARN: Final = re.compile(r"(?i)(?<![a-z0-9])arn:[\w-]+:s3:::([a-z0-9*?][a-z0-9.*?_-]*+)(?![${<%])")
BETWEEN_PLACES: Final = re.compile(r"[,;\s|]+")
PSEUDO_REGIONS: Final = {
    **dict.fromkeys(("aws-global", "s3-external-1", "us-standard", "fips-us-east-1", "aws-fips-global"), "us-east-1"),
    "aws-us-gov-global": "us-gov-west-1",
    "aws-cn-global": "cn-north-1",
    "aws-iso-global": "us-iso-east-1",
}
"""Words of AWS's SDKs that mean a region (botocore's endpoints.json, partitions.json)."""
LOCATION_CONSTRAINTS: Final = {"eu": "eu-west-1"}
"""Old words of S3's for a bucket's region (S3 API, CreateBucketConfiguration)."""
MEANINGS: Final = {
    ("AWS_STS_REGIONAL_ENDPOINTS", "legacy"): "sts.amazonaws.com",
    ("STS_REGIONAL_ENDPOINTS", "legacy"): "sts.amazonaws.com",
}
"""A setting and its value (upper case, lower case) → the worldwide host that they mean (AWS SDKs reference guide)."""
ODD_ADDRESS: Final = re.compile(r"0x[0-9a-f]{7,8}|\d{8,10}|(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){3}")
"""IPv4 addresses as ``inet_aton`` takes them; shorter numbers are ports and counts."""
AUTHORIZATION: Final = re.compile(
    r"(?i)(?:^|\bauthorization\W{1,4})(?:bearer|basic|digest|splunk|apikey|token)[ \t]+[\w.~+/=-]{8,}"
)
"""A header's credentials, which may have dots in them like a host."""
ORACLE: Final = re.compile(r"(?i)jdbc:oracle:\w+:[^\s\"']+")
TNS_HOST: Final = re.compile(r"(?i)\(\s*host\s*=\s*([^()\s]+)\s*\)")
IDENTITIES: Final = frozenset({"identities", "subject", "subjectregexp", "subjectalternativename"})
"""Settings that say who signed something; nobody is asked at what they name."""
ACCOUNT_KEY: Final = re.compile(
    r"(?i).*account(?:_?ids?|s|_?identifiers?|_?numbers?)?|.*(?:bucket|registry)_?owner|.*owner_?ids?|registry_?id|catalog[-_]?id"
)
ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
ACCOUNT_IN_URL: Final = re.compile(
    r"(?:[^/@]*@)?(?:(\d{12})\.[\w.-]*amazonaws\.|(?:\w+-)?(?:queue|sqs)[\w.-]*\.amazonaws\.[\w.]+/(\d{12})/)"
)
"""Hosts and paths of AWS that begin with an account: registries, queues."""
REGISTRY_OF: Final = re.compile(r"(?<![\w.])(\d{12})\.dkr\.ecr[.-]")
SECRET_KEY: Final = re.compile(
    r"(?i).*(passw|pwd|passphrase|token|secret|(?<!foreign)key|cert|\bcrt|\.crt|pem|credential|salt|cookie|hash|licen[cs]e|user"
    r"|login|dockerconfigjson|dockercfg|htpasswd|\.p12|jks|keystore|truststore|signature|nonce|seed).*"
)
"""Keys of what is sealed because it is secret."""
CHOOSING_KEY: Final = re.compile(
    r"(?i).*(?:arn|url|uri|endpoint|host|hostname|server|domain|dsn|broker|region|bucket|account|issuer|addr|address)"
    r"(?:es|s)?(?:[_-]?(?:ids?|names?))?"
)
"""Keys that choose a place or a host, whatever else they say: ``TOKEN_URL``, ``certificateArn``."""
NAMING_KEY: Final = re.compile(
    r"(?i).*(name|id|ids|class|groups?|package|driver|provisioner|controller|labels?|annotations?|finalizers?|keys?"
    r"|tenant|realm|type|version|image|file|path|module|bundle|prefix|suffix|namespace|user|username|audiences?|scopes?"
    r"|from|signer|provider|plugin|topic|queue|subject|reason|owner|team|expr|expression|query|template|handler"
    r"|passw(?:or)?d|pwd|pass|token|secret|cookie|salt|hash|credentials?)"
)
"""Keys whose values look like hosts and name something else."""
LIKELY_ENDINGS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        com net org edu gov mil int info biz pro mobi tel aero coop arpa ai amazon aws google microsoft azure online
        site tech shop xyz top club digital systems solutions hosting website space email company agency global world
        international group blog page academy software computer codes technology center amsterdam berlin london nyc
        paris tokyo swiss eu asia africa cat onion example test invalid corp home lan intranet
        """,
    )
)
"""Last labels of a value that is taken for a host although nothing calls it one: ``a.name`` and ``x.properties`` are
rarely hosts, though both end like domains. Countries' two letters count too."""
NO_DOMAINS: Final = frozenset(
    re.findall(r"\w+", "py sh rs md pl ps so cc gz mo la do am in vm ml pm id is to it at as be me my by ad et al st")
)
"""Countries' domains that end file names, or expressions of programs, more often than hosts."""
REVERSED: Final = re.compile(
    r"(com|org|net|io|edu|gov|java|javax|jakarta|dev|co|app|ai|eu|de|uk|us|me|kotlin|scala)\..*"
)
API_GROUP: Final = (".gatekeeper.sh", ".k8s.io", ".kubernetes.io", ".x-k8s.io", ".cncf.io", ".coreos.com")
VARIABLE: Final = re.compile(
    r"\$\{[^}]*\}?|\$\([^)]*\)?|\{\{.*?(?:\}\}|$)|<[^>]*>?|%\{[^}]*\}?|\$\w+|%[A-Z_]+%|\{[\w.]*\}"
)
TEMPLATE: Final = re.compile(r"\{\{.*?(?:\}\}|$)")
ENDS_LATER: Final = re.compile(r"[})>\0]$")
"""The end of a name that is put together later."""
NO_SCHEME: Final = re.compile(r"(?i)^(?:(?:tcp|udp|tls|ssl|np|admin):|//|\\\\)+")
BETWEEN_HOSTS: Final = re.compile(r"[,;\s|]+")
COMMAND_KEY: Final = re.compile(r"(?i)(?:.*[_.-])?(?:cmd|command|args|arguments|opts|options|flags)")
"""Variables whose values are words of a command."""
AZURE_STORAGE: Final = re.compile(r"(?i)\bAccountName=[^;]+;.*\bAccountKey=|\bDefaultEndpointsProtocol=")
AZURE_ENDPOINT: Final = re.compile(r"(?i)\b(?:Blob|Queue|Table|File)?Endpoint(?:Suffix)?=")
"""A connection string of Azure's storage, and where it says whose server that is."""
QUOTED_LIST: Final = re.compile(r"\[((?:\s*'[^']*'\s*,?)+)\]")
FLAG: Final = re.compile(r"[\w.\[\]-]+")
OPTION: Final = re.compile(r"--?([A-Za-z][\w.-]*)=\S+$")
"""An option of a command with its value."""
LIST_ITEM: Final = re.compile(r"(?m)^[ \t]*-[ \t]+[\"']?([\w.:-]+)[\"']?[ \t]*$")
HOST_MATCHER: Final = re.compile(r"\bHost(?:SNI)?\(`?([^`)]*)`?\)")
"""Traefik's way to say which hosts a route serves."""
BEFORE_IDENTIFIER: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d[_:][\w:-]+")
"""``us-east-1_AbC``, ``us-east-1:1f2e`` (Cognito's pools)."""
ANY_CASE_REGION: Final = re.compile(r"((?i:[a-z]{2}(?:-[a-z]+)+-\d[a-z]?))")
WITH_HOST_KEYS: Final = frozenset({"auths", "credHelpers", "credsStore", ".dockercfg"})
"""Mappings of registry credentials, whose keys are hosts."""

PUBLISHED: Final = re.compile(
    r"external-dns\.(?:alpha\.)?kubernetes\.io/(?:internal-)?(?:hostname|target|access)"
    r"|(?:dns\.[\w.-]+|[\w.-]*coredns[\w.-]*|lb\.[\w.-]+)/(?:hostname|domain|domain-name)"
    r"|metallb\.(?:universe\.tf|io)/(?:loadBalancerIPs|ip)|(?:lb)?ipam\.cilium\.io/ips|io\.cilium/lb-ipam-ips"
    r"|kube-vip\.io/loadbalancerIPs"
)
"""Annotations with the names and addresses that an object is published under."""
SOURCE_RANGES: Final = re.compile(
    r"[\w.-]*/(?:load-balancer-source-ranges|whitelist-source-range|allowlist-source-range|inbound-cidrs)"
)
"""Annotations with the networks that are let in."""

CLASS: Final = re.compile(r"(?:[a-z_]\w*\.)+[A-Z]\w*")
"""A class with its package or module."""
IMAGE: Final = re.compile(
    r"(?i)(?<![\w./@-])((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?)/[\w./-]*\w(?::(?!No(?:Schedule|Execute))[\w.-]+|@sha256:[0-9a-f]{6,})"
)
"""A container image with its registry and its tag or digest."""
DEVICE: Final = re.compile(r"/dev/(?:tcp|udp)/([^/\s]+)/")
"""Bash's way to open a connection (bash(1), REDIRECTION)."""
REMOTE_PATH: Final = re.compile(r"(?i)(?<![\w./@:{}$-])((?:[a-z0-9_-]+\.)+[a-z]{2,}):/(?=[\w$&.*-]|$|\s)")
"""What is mounted or copied from another host: ``files.example.com:/srv``."""
RANGE: Final = re.compile(r"(?<![\w.:/-])(\d{1,3}(?:\.\d{1,3}){3})-(\d{1,3}(?:\.\d{1,3}){3})(?![\w.]*\w)")
"""Addresses from one to another."""


@lru_cache(maxsize=1 << 14)
def is_words(key: str) -> bool:
    """Return whether people read a value of this name, or it names what is shut out."""
    return WORDS_KEY.fullmatch(key) is not None or FORBIDDING_KEY.fullmatch(key) is not None


@lru_cache(maxsize=1 << 14)
def is_only_secret(key: str, *above: str) -> bool:
    """Return whether a value of this name is sealed because it is secret, and chooses no place.

    ``above``: the names around it, which may tell that it is secret, too.
    """
    return CHOOSING_KEY.fullmatch(key) is None and any(map(SECRET_KEY.fullmatch, (key, *above)))


def is_identity(path: tuple[str, ...], key: str) -> bool:
    """Return whether a setting only says who somebody is, or what a signed statement is called.

    A signer's subject, the issuer of a signer's identity, the type of an attestation.
    """
    lower = key.lower()
    if lower in IDENTITIES or any(name.lower() == "identities" for name in path):
        return True
    if lower.startswith("issuer"):
        return bool(path) and path[-1].lower() == "keyless"
    return lower == "type" and "attestations" in path


OWN_NAME: Final = re.compile(r"(?i)minio_(?:site_)?region(?:_name)?")
"""Settings by which an own store gives itself a region's name."""


def is_place(key: str, text: str) -> bool:
    """Return whether a value names a region or a zone; words that only some cloud uses must be called so."""
    if OWN_NAME.fullmatch(key):
        return False
    if ANY_AWS_PLACE.fullmatch(text) or BEFORE_IDENTIFIER.fullmatch(text):
        return True
    lower = text.lower()
    if not PLACE_KEY.fullmatch(key):
        return False
    return lower in PSEUDO_REGIONS or OTHER_CLOUDS_REGION.fullmatch(lower) is not None or lower in MULTI_REGIONS


def dotted(host: str) -> str:
    """Return a host with the dots of other scripts as dots."""
    return host if host.isascii() else re.sub("[\u3002\uff0e\uff61]", ".", host)
