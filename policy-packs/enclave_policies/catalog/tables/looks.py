"""What an input's name smells of. Meant to catch too much: what a name really means is judged in law/catalog/names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

LOOKS: Final = {
    "region": re.compile(r"(?i)region|^locales?$|^edgeLocations?$|^dataLocationConstraint$"),
    "zone": re.compile(r"(?i)zone|azs$|^az[A-Z]|^(az|zonal)"),
    "edge": re.compile(
        r"(?i)outpost|localGateway|carrier|borderGroup|ownedIp|edgeLocation|wavelength|^location$|backupTarget|localZone"
    ),
    "destination": re.compile(
        r"(?i)^dest|[a-z]Dest|target|sinks?($|[A-Z])|replica|peer|failover|secondary|^copy|copies|mirror|^export|global"
        r"|crossAccount|forward|^remote|^primary|publish|^join"
    ),
    "account": re.compile(
        r"(?i)account|principal|grantee|owner|catalogId$|registryId$|^members?(Id)?$|delegat|payer|organizations?(Id)?$"
        r"|^AWS$|^userIds$|^masterId$"
    ),
    "bucket": re.compile(r"(?i)bucket|s3|uri$|location|warehouse|^target$|[a-z]Path$|^homeDirectory$"),
    "address": re.compile(
        r"(?i)ur[li]s?($|[A-Z])|ur[li]$|endpoints?($|[a-z]*Uri)|host|domain|issuer|servers?($|Name)|dns|fqdn|origins?$"
        r"|repository$|broker|bootstrap|website|connectionString|jdbc|^dbServers$|codeRepository$|registry"
    ),
    "network": re.compile(
        r"[cC]idr|(^|[a-z0-9_])I[pP]s?($|[A-Z])|^ips?($|[A-Z])|[iI]pv[46]|[aA]ddress|[sS]ervers$|^ntp|[pP]refixes$"
        r"|[iI]p[rR]ange|clients$|clientLists$|[aA]llowe?d?[lL]ists?$"
    ),
    "opening": re.compile(
        r"public(?!Key|Cert)|Public(?!Key|Cert)|[iI]nternet|^external(?!Id)|External(?!Id)|[aA]nonym|(^o|O)pen(?=[A-Z])"
        r"|[aA]ccessible|[eE]ndpointType|[eE]ndpointAccess|[iI]ngress|[uU]nauth|[eE]veryone|AllUsers|^guest|Guest"
        r"|[iI]nbound(?!Token)|[vV]isib(?!ilityT)|[aA]ccessMode|[nN]etworkAccess|networkMode|accessType|^internal$|[rR]eachab"
        r"|^authorizerType$"
    ),
    "image": re.compile(r"image|Image|^ami$|(^ami|Ami)(Id|$)|containerUri|repositoryUrl|RegistryUrl"),
    "mail": re.compile(r"(?i)mail|recipients?$|phone|^sender|subscriber"),
    "subnet": re.compile(r"(?i)subnets?(Ids?|Arns?)?$|vpcZoneIdentifier"),
    "hosted-zone": re.compile(r"^(hostedZoneId|zoneId)$"),
    "document": re.compile(
        r"(?i)polic(y|ies)(Document|Text|Body)?$|^(access|resource|assumeRole|inline)|document$|pattern$|^eventFilter"
    ),
    "template": re.compile(
        r"(?i)template|definitions?$|body$|json$|yaml|script|manifest|userData|^content$|^code|^source$|sql|quer(y|ies)$"
        r"|spec$|^schemas?$|^data$|^configurations?(s|Values|Source)?$|desiredState|parameters|^properties$|settings$"
        r"|^(inputs?|file|filename|type|value|initialDefault|tableMappings|additionalInfo|writeDefault|inferenceParams)$"
        r"|^(configs|attributes|payload|managedServiceData|configurationSource|containerProperties|routingRules)$"
        r"|^(additionalModelRequestFields|additionalParams|defaultSubstitutions|ecsProperties|nodeProperties)$"
        r"|^(inputSchema|connectionProperties|scrapeConfiguration|routingRuleDetails|ruleDefinition|parameterValues)$"
    ),
    "model": re.compile(
        r"(?i)(^|[a-z])model(Id|Identifier|Arn|Name)?s?$|(inference|guardrail)(Profile|Source)|^foundationModel$|^copyFrom$"
    ),
}
SWITCH: Final = re.compile(
    r"(?i)multiRegion|allRegions|global|accelerat|publicly|publicConn|isPublic|publicAccess$|externalPrincipal"
    r"|externalData|mapPublicIp|mapCustomer|customerOwned|shar(e|ing|able)|sitelink|crossAccount|crossRegion|linkingMode"
)
"""Flags (and a few words) that may widen where a type is, or who reaches it."""
MUST_BE_JUDGED: Final = frozenset(
    {"region", "zone", "edge", "destination", "switch", "opening", "account", "network", "subnet", "hosted-zone"}
)
"""Looks that CI does not let pass without a person's judgement."""


@lru_cache(maxsize=65536)
def looks(leaf: str, *, flag: bool = False) -> frozenset[str]:
    """Return what the last segment of an input's path smells of; a flag can only be a switch or an opening."""
    if flag:
        smells = {"switch": SWITCH, "opening": LOOKS["opening"]}
        return frozenset(look for look, pattern in smells.items() if pattern.search(leaf))
    return frozenset(look for look, pattern in LOOKS.items() if pattern.search(leaf))
