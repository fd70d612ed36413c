"""``decide`` gives the same answer on any machine."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
from random import Random
from models.base import digest
from tests.properties.test_random_walks import step
from tests.walk import Walk, policy
said = []
for seed in range(6):
    rng = Random(seed)
    walk = Walk(policy=policy(penalty_basis="条例 50"))
    walk.open(is_subdistrict=seed % 2 == 0)
    for _ in range(40):
        if not walk.state.is_open:
            break
        if rng.random() < 0.2:
            walk.pass_days(rng.choice([1, 3, 10, 40]))
        else:
            step(walk, rng)
    said += [event.model_dump_json() for event in walk.events]
    said.append(walk.state.model_dump_json())
print(len(said), digest("".join(said)))
"""


def test_decisions_do_not_depend_on_the_hash_seed() -> None:
    """The same walks under different hash seeds give the same events, byte for byte."""
    answers = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(answers) == 1
    assert int(answers.pop().split()[0]) > 300
