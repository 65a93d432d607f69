"""The Pulumi program: load this stack's declaration, build what it declares, export what an operator needs."""

import pulumi

from components.aws.schedule import WatchSchedule, WatchScheduleArgs
from components.declaration.watching import WatchDeclaration
from components.enclave import Enclave
from console.program import load_stack

args = load_stack(pulumi.get_stack())
if isinstance(args.declaration, WatchDeclaration):
    name = args.declaration.enclave
    schedule = WatchSchedule(f"{name}-schedule", WatchScheduleArgs(args.declaration, args.clouds.aws_endpoint))
    pulumi.export("schedules", schedule.summary)
else:
    enclave = Enclave(args.declaration.enclave, args)
    pulumi.export("sites", enclave.sites)
