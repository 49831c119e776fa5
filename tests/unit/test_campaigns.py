"""Short forms of the programs in tests/campaigns; that of hostile_models stands elsewhere."""

from tests.campaigns import mutated_inputs
from tests.campaigns.inputs import KINDS


def test_a_few_damaged_inputs_of_every_kind(tmp_path):
    kinds = [kind for kind in KINDS if kind != mutated_inputs.PARQUET]
    found = mutated_inputs.campaign(2, 1, kinds, tmp_path)
    assert list(found) == kinds
    for kind, tally in found.items():
        assert (tally.tried, tally.troubles) == (2, []), kind
