"""`enclave preview` and `enclave up`: plan, judge, and change only what was judged green."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.law.folder import load_law

from components.declaration.physical import names_of_before
from console import terminal
from console.exit_codes import GOOD, REFUSED
from console.gate import exporting, foretold, loss_report, protection, questions
from console.gate.errors import EngineError, RefusedError
from console.gate.generation import forgotten, remember
from console.gate.judged import Judged
from console.gate.new_stack import create, refuse_missing, stacks_of
from console.gate.packs import promises
from console.gate.recover import recovery
from console.gate.report import as_json, text_lines
from console.gate.stack import declared, engine_for, file_of, refuse_beside
from console.gate.stand_ins import refuse_what_they_lack
from console.gate.state_home import refused_homes
from console.gate.verdict import decide
from console.site_state import standing, unretired
from located_yaml import Problem, ProblemsError, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from components.declaration import Declaration
    from console.gate.engine import Engine
    from console.gate.keeper import Command, Keeper
    from console.gate.losses import Allowed
    from console.gate.record import RunRecord


class RefreshError(EngineError):
    """The engine could not bring the state to what there is."""


class UnretiredError(RefusedError):
    """A site was removed from the declaration, and what it holds is still protected."""


@dataclass(frozen=True)
class Gate:
    """One gated run of a stack."""

    stack: str
    engine: Engine
    keeper: Keeper
    command: Command
    sandbox: bool
    json: bool
    sites: frozenset[str] = frozenset()  # those that have resources, as declared
    as_of: date | None = None  # the day that a plan is judged for, None for today
    names_of_before: frozenset[str] = frozenset()  # those that the declaration would replace without a word

    def plan(self, standing: int) -> Judged:
        """Preview the stack, of which ``standing`` resources are there, and show the verdict to a person."""
        options = ["--refresh"] if self.forgotten() else []
        return self._judged("plan", self.engine.preview(*options, quiet=self.json, expected=standing, as_of=self.as_of))

    def change(self, planned: Judged) -> Judged:
        """Update the stack as it was planned, and show the verdict to a person."""
        return self._judged("done", self.engine.update(quiet=self.json, expected=len(planned.record.steps)))

    def keep(self, judged: Judged) -> None:
        """Write down the record of a run. Raises ProblemsError where it cannot be written: nothing is done then."""
        self.keeper.ran(self.command, self.stack, judged, self.engine)

    def tell(self, judged: Judged) -> None:
        """Show a machine what a command came to: one document, about its last run of the engine."""
        if self.json:
            terminal.document(as_json(self.stack, judged.phase, judged.record, judged.verdict, self.as_of))

    def forgotten(self) -> bool:
        """Whether the stack was provisioned in a stand-in that has forgotten it since."""
        return self.sandbox and forgotten(self.engine.environment, self.stack)

    def settle(self) -> None:
        """Bring to an end what a killed run left on this machine. Raises EngineError where that needs a person."""
        for line in recovery.settle(self.engine):
            terminal.err(line)

    def state(self) -> Mapping[str, Any]:
        """Return what the state holds. Raises ProblemsError where there is no such stack yet, EngineError."""
        try:
            return exporting.exported(self.engine)
        except EngineError:
            refuse_missing(self.engine)
            raise

    def heal(self) -> Mapping[str, Any]:
        """Take over what a killed run made and did not record, and return what the state holds then.

        Raises ProblemsError where there is no such stack yet, EngineError where mending needs a person.
        """
        found = recovery.unfinished(self.state())
        if not found.operations:
            return found.deployment
        terminal.err(f"the last run broke off within {found.operations} operations; looking for what they made")
        terminal.err(*recovery.take_over(self.engine, found))
        return self.state()

    def adopt(self, record: RunRecord) -> bool:
        """Take over what is there already of what the plan would create; return whether there was any."""
        found = recovery.already_there(self.engine, record.created)
        if found.found:
            terminal.err(*recovery.take_over(self.engine, found))
        return bool(found.found)

    def refuse_surprises(self, deployment: Mapping[str, Any]) -> None:
        """Refuse what a changed declaration would do to what stands, where nobody has asked for it.

        Raises UnretiredError where a site was removed while its data and keys stand, ProblemsError where names that do
        not carry the enclave's would be replaced.
        """
        if old := standing(deployment, self.names_of_before):
            file = f"stacks/{self.stack}.yaml"
            position = load(self.engine.project / file, shown_as=file).position(("enclave",))
            message = (
                f"'{old[0]}' (and {len(old) - 1} more) stand under names without the enclave's and would be replaced; "
                "write 'names: short' to keep them, or 'names: full' if they shall be replaced"
            )
            raise ProblemsError([Problem(position, message)])
        found = unretired(deployment, self.sites)
        if found:
            raise UnretiredError(
                "\n".join(
                    f"site '{site}' is declared no longer, and {number} of its resources are protected, as they hold "
                    f"data or keys; `enclave retire {self.stack} {site}` shows what is in them and lets them go"
                    for site, number in found.items()
                )
            )

    def catch_up(self) -> None:
        """Bring the state to what there is now, as a step of its own: what is judged then is what is done."""
        if not self.forgotten():
            return
        terminal.err("moto was restarted and has forgotten everything: refreshing the stack first")
        done = self.engine.command(
            "refresh", "--yes", "--run-program", "--skip-preview", "--non-interactive", "--stack", self.stack
        )
        if done.returncode:
            raise RefreshError(f"the stack cannot be refreshed:\n{done.stdout.strip()}\n{done.stderr.strip()}")
        remember(self.engine.environment, self.stack)

    def _judged(self, phase: str, record: RunRecord) -> Judged:
        verdict = decide(record, promises(self.engine.packs))
        if not self.json:
            day = f" as of {self.as_of}" if self.as_of else ""
            terminal.out(text_lines(f"{self.stack} {phase}{day}", record, verdict))
        if self.sandbox and record.exit_code:
            terminal.err(*dead_services(self.engine.environment))
        return Judged(phase, record, verdict)


def dead_services(variables: Mapping[str, str]) -> Iterator[str]:
    """Yield a hint for each stand-in that does not answer."""
    from sandbox.environment import unreachable  # noqa: PLC0415  a real stack needs no sandbox installed
    from sandbox.register import read  # noqa: PLC0415

    for url in unreachable(read(Path(variables["ENCLAVE_SANDBOX"]) / "register.json")):
        yield f"nothing answers at {url}, where the sandbox should; start it again with `make up`: it goes on from here"


def open_gate(
    command: Command,
    stack: str,
    declaration: Declaration,
    packs: list[Path],
    keeper: Keeper,
    *,
    json: bool,
    as_of: date | None = None,
) -> Gate:
    """Return the gate of a declared stack, which judges as of a day (None: today). Raises ProblemsError."""
    refuse_beside(stack)
    engine = engine_for(stack, declaration, packs)
    abroad = refused_homes(engine.project, stack, engine.environment, load_law(as_of=as_of))
    if abroad:
        raise ProblemsError(abroad)
    built = frozenset(name for name, site in declaration.sites.items() if site.provisioned)
    return Gate(stack, engine, keeper, command, declaration.sandbox, json, built, as_of, names_of_before(declaration))


def preview(stack: str, packs: list[Path], keeper: Keeper, *, json: bool, as_of: date | None = None) -> int:
    """Plan a stack and judge the plan as of a day (None: today); return the exit code."""
    declaration = declared(stack)
    if refused_beforehand("preview", stack, declaration, keeper, json=json, as_of=as_of):
        return REFUSED
    gate = open_gate("preview", stack, declaration, packs, keeper, json=json, as_of=as_of)
    deployment = gate.state()
    gate.refuse_surprises(deployment)
    judged = gate.plan(resources_in(deployment))
    gate.keep(judged)
    gate.tell(judged)
    return judged.verdict.exit_code


def up(stack: str, packs: list[Path], keeper: Keeper, *, yes: bool, json: bool, allowed: Allowed) -> int:
    """Plan, judge, ask, change, judge again; return the exit code."""
    declaration = declared(stack)
    if refused_beforehand("up", stack, declaration, keeper, json=json):
        return REFUSED
    gate = open_gate("up", stack, declaration, packs, keeper, json=json)
    refuse_what_they_lack(gate.engine.project, stack, declaration)
    gate.settle()  # before the engine is asked anything: it may not be able to read its own state
    if gate.sandbox and stack not in stacks_of(gate.engine):
        terminal.err(*create(gate.engine))
    deployment = gate.heal()
    gate.refuse_surprises(deployment)
    gate.catch_up()
    with protection.Lifted(gate.engine) as lifted:
        code, judged = _planned(gate, allowed, lifted, yes=yes, standing=resources_in(deployment))
        gate.keep(judged)
        if code is None and not (yes or gate.sandbox or questions.confirmed()):
            code = REFUSED
        if code is None:
            lifted.keep()
            judged = gate.change(judged)
            gate.keep(judged)
            code = judged.verdict.exit_code
            if gate.sandbox and code == GOOD:
                remember(gate.engine.environment, stack)
    gate.tell(judged)
    return code


def _planned(
    gate: Gate, allowed: Allowed, lifted: protection.Lifted, *, yes: bool, standing: int
) -> tuple[int | None, Judged]:
    """Plan until nothing is left to take over and nothing is protected; return the exit code where it ends here."""
    while True:
        judged = gate.plan(standing)
        record, verdict = judged.record, judged.verdict
        lifted.owe(record.bare)
        if verdict.reasons and not verdict.only_protected:
            return verdict.exit_code, judged
        losses = verdict.losses.but_for_retired(gate.sites, record.protected)
        allowed = questions.asked(allowed, losses, yes=yes)
        if lacking := allowed.lacking(losses):
            open_ = {taken.urn for taken in record.taken if not taken.old.get("protect")}
            lifted.owe({*record.bare, *(loss.urn for loss in lacking if loss.holds and loss.urn in open_)})
            terminal.err(*loss_report.refusal(losses, lacking))
            return REFUSED, judged
        if record.protected and not lifted.take(record.protected):
            return verdict.exit_code, judged
        if record.protected:
            continue
        if record.unchanged:
            return GOOD, judged
        if not gate.adopt(record):  # what is taken over changes the plan, and may lead to more
            return None, judged


def resources_in(deployment: Mapping[str, Any]) -> int:
    """Return how many resources a state holds."""
    return len(deployment.get("resources") or ())


def refused_beforehand(
    command: Command,
    stack: str,
    declaration: Declaration,
    keeper: Keeper,
    *,
    json: bool,
    as_of: date | None = None,
) -> bool:
    """Show what the declaration alone lets the law refuse, and record it; return whether there was any."""
    law = load_law(as_of=as_of)
    late = keeper.overdue(stack, declaration, law)
    found = foretold.foretold(declaration, file_of(stack), law, late)
    if found:
        keeper.foretold(command, stack, found)
    if found and json:
        terminal.document(foretold.as_json(stack, found, as_of))
    elif found:
        terminal.out(foretold.text_lines(stack, found))
    return bool(found)
