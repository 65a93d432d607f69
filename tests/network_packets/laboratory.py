"""Hosts in network namespaces around a router, and real packets between them; run inside a namespace of its own.

`python laboratory.py` reads one JSON document from its input: `hosts` (name → addresses), `ruleset` (nftables, for the
router), `nft` and `ip` (commands), `ports` (that each host answers on, TCP and UDP) and `probes` (rows of host,
address, protocol, port). The router must refuse what it does not forward, so that no answer depends on how fast the
machine is. It prints one JSON list: whether each probe was answered. It needs Python's own library only.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of <linux/sched.h>; os.unshare comes with Python 3.12
ROUTER = ("169.254.1.1", "fe80::1")  # of every link, as Calico's hosts do it: each host has a link of its own
ANSWER_WITHIN = 100.0  # seconds; every packet is answered, by the host or by the router
ASK_AGAIN = 0.5  # seconds; the kernel limits how many refusals it sends
QUESTION = b"?"
SETTINGS = {
    "ipv4/ip_forward": "1",
    "ipv6/conf/all/forwarding": "1",
    "ipv4/icmp_ratelimit": "0",
    "ipv6/icmp/ratelimit": "0",
}


def main() -> None:
    """Be the router, or with an argument a host."""
    if sys.argv[1:]:
        asyncio.run(host())
    else:
        json.dump(router(json.load(sys.stdin)), sys.stdout)


def router(task: dict[str, Any]) -> list[bool]:
    """Wire the hosts to a router with the ruleset, let all of them probe, and return the answers in order."""
    ip = task["ip"]
    configure(ip, ["link set lo up", f"address add {ROUTER[0]}/32 dev lo"])
    for setting, value in SETTINGS.items():
        Path("/proc/sys/net", setting).write_text(value)
    subprocess.run([task["nft"], "-f", "-"], input=task["ruleset"], text=True, check=True)
    hosts = {name: Host(number, addresses, task) for number, (name, addresses) in enumerate(task["hosts"].items())}
    try:
        for each in hosts.values():
            each.wire(ip)
        for each in hosts.values():
            each.hear()
        for name, each in hosts.items():
            each.tell({"probes": [probe[1:] for probe in task["probes"] if probe[0] == name]})
        answers = {name: iter(each.hear()) for name, each in hosts.items()}
        return [next(answers[probe[0]]) for probe in task["probes"]]
    finally:
        for each in hosts.values():
            each.process.communicate()


class Host:
    """A process in a network namespace of its own."""

    def __init__(self, number: int, addresses: list[str], task: dict[str, Any]) -> None:
        self.link, self.addresses = f"link{number}", addresses
        self.process = subprocess.Popen(
            [sys.executable, __file__, "host"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.tell({"ip": task["ip"], "addresses": addresses, "ports": task["ports"]})

    def wire(self, ip: str) -> None:
        """Give the host a link to the router; it says when it listens."""
        self.hear()
        link = self.link
        configure(
            ip,
            [
                f"link add dev {link} type veth peer name eth0 netns {self.process.pid}",
                f"address add {ROUTER[1]}/64 dev {link} nodad",
                f"link set {link} up",
                *(f"route add {address} dev {link}" for address in self.addresses),
            ],
        )
        self.tell({})

    def tell(self, message: Any) -> None:
        """Send the host one line."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """Return the host's next line."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


async def host() -> None:
    """Enter a new network namespace, listen on every port, probe when told to, and print the answers."""
    task = json.loads(sys.stdin.readline())
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "no network namespace")
    say("born")
    sys.stdin.readline()
    own = [f"address add {each} dev eth0{' nodad' if ':' in each else ''}" for each in task["addresses"]]
    ways = [f"route add default via {ROUTER[0]} dev eth0 onlink", f"route add default via {ROUTER[1]} dev eth0"]
    configure(task["ip"], ["link set lo up", "link set eth0 up", *own, *ways])
    for address in task["addresses"]:
        for port in task["ports"]:
            await asyncio.start_server(welcome, address, port)
            loop = asyncio.get_running_loop()
            await loop.create_datagram_endpoint(Echo, local_addr=(address, port))
    say("listening")
    probes = json.loads(await asyncio.to_thread(sys.stdin.readline))["probes"]
    say(await asyncio.gather(*(probed(task["addresses"], *probe) for probe in probes)))
    await asyncio.to_thread(sys.stdin.read)  # the others are still asking; the router's end ends this too


async def welcome(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greet whoever connects."""
    writer.write(QUESTION)
    writer.close()


class Echo(asyncio.DatagramProtocol):
    """Sends each datagram back."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """Answer."""
        cast("asyncio.DatagramTransport", self.transport).sendto(data, addr)


async def probed(own: list[str], address: str, protocol: str, port: int) -> bool:
    """Return whether a host answers, asked from the address of the same family; False where the router refuses."""
    mine = next(one for one in own if (":" in one) == (":" in address))
    ask = over_tcp if protocol == "tcp" else over_udp
    try:
        return await asyncio.wait_for(ask(mine, address, port), ANSWER_WITHIN)
    except ConnectionRefusedError:
        return False


async def over_tcp(mine: str, address: str, port: int) -> bool:
    """Return whether a connection brings a greeting."""
    reader, writer = await asyncio.open_connection(address, port, local_addr=(mine, 0))
    try:
        return await reader.read(1) == QUESTION
    finally:
        writer.close()


async def over_udp(mine: str, address: str, port: int) -> bool:
    """Return whether a datagram comes back; it is sent again until it does or is refused."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.bind((mine, 0))
        sender.connect((address, port))
        while True:
            await loop.sock_sendall(sender, QUESTION)
            try:
                return await asyncio.wait_for(loop.sock_recv(sender, 1), ASK_AGAIN) == QUESTION
            except TimeoutError:
                continue


def say(message: Any) -> None:
    """Print one line for the router."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def configure(ip: str, commands: list[str]) -> None:
    """Run commands of `ip`."""
    subprocess.run([ip, "-batch", "-"], input="\n".join(commands), text=True, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
