"""Short forms of the programs in tests/campaigns; that of hostile_models stands elsewhere."""

import os

import pytest

from tests.campaigns import full_disks, hostile_files, kills, mutated_inputs
from tests.campaigns.inputs import KINDS


def test_a_few_damaged_inputs_of_every_kind(tmp_path):
    kinds = [kind for kind in KINDS if kind != mutated_inputs.PARQUET]
    found = mutated_inputs.campaign(2, 1, kinds, tmp_path)
    assert list(found) == kinds
    for kind, tally in found.items():
        assert (tally.tried, tally.troubles) == (2, []), kind


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals here")
def test_one_kill(tmp_path):
    tally = kills.campaign(1, 1, ("import --copy",), tmp_path)["import --copy"]
    assert (tally.tried, tally.troubles) == (1, [])


def test_one_full_disk(tmp_path):
    if not full_disks.may_mount():
        pytest.skip("only root may mount a disk of its own")
    tally = full_disks.campaign(1, 1, ("export",), tmp_path)["export"]
    assert (tally.tried, tally.troubles) == (1, [])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_few_hostile_files(tmp_path):
    tally = hostile_files.campaign(2, ("pipes",), tmp_path)["pipes"]
    assert (tally.tried, tally.troubles) == (2, [])
