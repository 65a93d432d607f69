"""What each input of a type means: the type table says it, else its name does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.effects import effect
from enclave_policies.identifiers.shown import shown_key
from enclave_policies.resources.claim import Claim
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.resources.claim import Given

WORDS_FOR_PEOPLE: Final = frozenset(
    {
        "tags",
        "tagsAll",
        "scheduleExpressionTimezone",
        "defaultTags",
        "description",
        "comment",
        "comments",
        "labels",
        "matchLabels",
        "title",
    }
    | {"displayName", "$schema", "xmlns", "documentationUrl", "helpUrl", "homepage", "managedFields"}
    | {"Tags", "Description", "Comment", "Title", "alarmDescription"}
)
"""Inputs that nothing acts on: a place named there is no place."""

SAYS: Final = re.compile(
    r".*([dD]escription|Message|Subject|[rR]eason|MessageByLink|SubjectByLink|[nN]otes|[sS]ummary|Instructions)"
    r"|instruction|message|subject"
)
"""The same, by the end of the name (of AWS types)."""
FILTERS: Final = frozenset(
    {"eventPattern", "filterPolicy", "costFilters", "filter", "filters", "filterCriteria", "filterPattern"}
    | {"eventSelectors", "advancedEventSelectors", "inputPaths", "schema", "Choices", "messageBody"}
    | {"enum", "schemas", "examples", "externalDocs", "contact", "license", "Error", "ErrorEquals", "Cause"}
)
"""Inputs that only look for something: what they name is neither a place nor a destination."""
SELECTIONS: Final = {
    "aws:backup/selection:Selection": frozenset({"resources", "notResources", "conditions", "selectionTags"}),
    "aws:cfg/rule:Rule": frozenset({"inputParameters", "scope"}),
    "aws:cfg/organizationManagedRule:OrganizationManagedRule": frozenset({"inputParameters"}),
    "aws:lb/listenerRule:ListenerRule": frozenset({"conditions"}),
    "aws:alb/listenerRule:ListenerRule": frozenset({"conditions"}),
    "aws:athena/namedQuery:NamedQuery": frozenset({"query"}),
    "aws:athena/preparedStatement:PreparedStatement": frozenset({"queryStatement"}),
    "aws:cloudwatch/queryDefinition:QueryDefinition": frozenset({"queryString"}),
    "aws:dynamodb/tableItem:TableItem": frozenset({"item"}),
    "aws:lambda/invocation:Invocation": frozenset({"input"}),
    "aws:schemas/schema:Schema": frozenset({"content"}),
    "aws:ses/template:Template": frozenset({"html", "text", "subject"}),
}
"""The same, where only the type tells."""

PROGRAM: Final = re.compile(
    r"(?i)(?:runtime|container)?environment(?:variables)?|env|envvars|variables|(?:stage)variables(?:overrides)?"
    r"|(?:connection|custom|client|profile|task|athena|tokenUrlCustom|defaultRun)?properties|propertyMap"
    r"|(?:custom|rule|collection|hook|profiling|dynamic|global|regional|hyper|staticHyper|staticQuery)?parameters"
    r"|parameterOverrides|extraParams|authenticationRequestExtraParams|(?:advanced|backup)?options|driverOpts"
    r"|(?:commandLine|default|nonOverridable)?arguments|args|(?:connector)?configuration|airflowConfigurationOptions"
    r"|globalSettings|logDestination|headers|commands?|entryPoint|(?:identity)?providerDetails|endpoints|configContent"
)
"""Inputs that programs read, most of them maps of free keys: a host there is one that they will talk to."""
PROGRAMS: Final = {
    "aws:cloudwatch/eventTarget:EventTarget": frozenset({"input"}),
    "aws:scheduler/schedule:Schedule": frozenset({"target.input"}),
    "aws:ssm/parameter:Parameter": frozenset({"value", "insecureValue"}),
    "aws:ssm/document:Document": frozenset({"content"}),
    "aws:secretsmanager/secretVersion:SecretVersion": frozenset({"secretString"}),
    "aws:msk/configuration:Configuration": frozenset({"serverProperties"}),
    "aws:mskconnect/workerConfiguration:WorkerConfiguration": frozenset({"propertiesFileContent"}),
    "aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion": frozenset({"content"}),
    "aws:s3/bucketObject:BucketObject": frozenset({"content"}),
    "aws:s3/bucketObjectv2:BucketObjectv2": frozenset({"content"}),
}
"""The same, where only the type tells."""
ENCODED: Final = re.compile(r"(?i)user_?data(base64)?|.*base64|.*ConfigContent|onStart|onCreate")
"""Inputs whose text may be written in base64."""

NAMES: Final = re.compile(r"id|name|prefix|pathPart|.*(Name|Prefix|Label|Title)")
"""Inputs that name a thing: a region's code there is part of a name."""

ROLES_BY_NAME: Final = (
    ("zone", re.compile(r"(?i).*availability_?zone(_?name|_?id)?s?|.*CacheClusterAzs")),
    ("edge", re.compile(r"(?i).*outpost(arns?|id)?|localGateway.*id|carrierGateway(id)?|.*networkBorderGroup")),
    ("edge", re.compile(r"customerOwnedIpv4Pool|localZoneGroup")),
    ("region:destination", re.compile(r"(?!multi).*(region|Region)(s|Name|Names|Code|List|Lists)?|edgeLocations?")),
    (
        "account",
        re.compile(r"(?i).*account(_?ids?|s|identifiers?|numbers?)?|.*bucketOwner|.*ownerIds?|registryId|catalog-?Id"),
    ),
    ("account", re.compile(r"principals?|.*(?<!service)Principals?|AWS")),
    ("host", re.compile(r"(?i).*(endpoint|host|hostname|server|broker|url|uri|_cname)s?")),
    ("image", re.compile(r"image|imageUri")),
    (
        "network",
        re.compile(r"(.*[cC]idr([iI]?[pP]v[46]|[iI]p)?|.*[cC]idrBlock|targetIp)s?|.*[iI]pAddress(es)?|.*_IPV[46]"),
    ),
    (
        "bucket:destination",
        re.compile(r"(?i).*(output|log|target|dest|deliver|export|report|backup).*bucket(name)?"),
    ),
)
"""Name → role for inputs that the type table does not list; an unknown region-like input counts as a destination."""

WORDS: Final = "words"
"""What the type table says of an input that nothing acts on, nor on what stands below it."""
NO_ROLE: Final = "no-place"
"""What the type table says of an input that carries no place: only its value's own shape counts."""

MANY_KEYS: Final = 512


@dataclass(frozen=True, slots=True)
class Names:
    """What tells the roles of one type's inputs: its table, and where that is silent maybe the inputs' names."""

    table: Mapping[str, str]
    guess: bool
    selections: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()


class Meaning:
    """One input of one type, by its path; its children are made when they are first met.

    ``role`` None: nothing but the value's own shape counts. ``named``: the input names a thing. ``skip``: not read.
    ``program``: a program reads it. ``effect``: what it does with a place.
    ``encoded``: its text may be written in base64.
    """

    __slots__ = ("_names", "children", "effect", "encoded", "key", "named", "path", "program", "role", "skip")

    def __init__(
        self,
        path: str,
        names: Names,
        *,
        role: str | None = None,
        named: bool = False,
        skip: bool = False,
        key: str = "",
        program: bool = False,
    ) -> None:
        self.path = path
        self.role = role
        self.named = named
        self.skip = skip
        self.key = key
        self.program = program
        self.effect = effect(path, role)
        self.encoded = ENCODED.fullmatch(key) is not None
        self.children: dict[str, Meaning] = {}
        self._names = names

    def claim(self, kind: str, value: Any) -> Claim:
        """Return the claim that a value of this input makes; ``kind`` may be a role, which begins with the kind."""
        given: Given = "unknown" if value is UNKNOWN else "given"
        return Claim(kind.partition(":")[0], value, self.key, self.path, (), self.effect, given)

    def child(self, key: str) -> Meaning:
        """Return the meaning of an input below this one."""
        path = f"{self.path}.{shown_key(key)}" if self.path else key
        listed = self._names.table.get(path)
        if listed is not None:
            role, skip = None if listed in (NO_ROLE, WORDS) else listed, listed == WORDS
        else:
            role = role_by_name(key) if self._names.guess and not self.program else None
            skip = key in FILTERS or key in WORDS_FOR_PEOPLE or key.startswith("__")
            skip = skip or (self._names.guess and SAYS.fullmatch(key) is not None)
        skip = skip or path in self._names.selections
        program = self.program or path in self._names.programs
        program = program or (self._names.guess and PROGRAM.fullmatch(key) is not None)
        named = not self._names.guess or (role is None and NAMES.fullmatch(key) is not None)
        meaning = Meaning(path, self._names, role=role, named=named, skip=skip, key=key, program=program)
        if len(self.children) < MANY_KEYS:
            self.children[key] = meaning
        return meaning


def root_meaning(type_: str, table: Mapping[str, str]) -> Meaning:
    """Return the meaning of a type's inputs as a whole; its own ``region`` is read by the placement, not by the walk.

    What a Kubernetes object's inputs mean, its own rules know; there a name tells nothing, nor does a region's code.
    """
    names = Names(
        table, not type_.startswith("kubernetes:"), SELECTIONS.get(type_, frozenset()), PROGRAMS.get(type_, frozenset())
    )
    root = Meaning("", names)
    if "region" not in table:
        root.children["region"] = Meaning("region", names, skip=True)
    return root


@lru_cache(maxsize=16384)
def role_by_name(key: str) -> str | None:
    """Return the role that an input's name alone tells, None where it tells none."""
    for role, pattern in ROLES_BY_NAME:
        if pattern.fullmatch(key):
            return role
    return None
