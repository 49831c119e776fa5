"""What of the cloud needs no network: prices, regions, policies, log lines, failures in words."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.aws.account.policies import role_policy, trust_policy, user_policy
from emotion_desktop.aws.account.quotas import SPOT, TRAINING, check_quota
from emotion_desktop.aws.account.roles import _trusts_sagemaker
from emotion_desktop.aws.regions import (
    ACCOUNTS,
    CONTAINER_ACCOUNTS,
    container_uri,
    image_uri,
    partition,
)
from emotion_desktop.aws.sagemaker.log_lines import figures, merge
from emotion_desktop.aws.sagemaker.prices import (
    INSTANCES,
    Prices,
    cost,
    dollars,
    estimate_recipe,
    estimate_training,
    storage_per_month,
    unknown_price,
)
from emotion_desktop.aws.sagemaker.training_jobs import failure_in_words
from emotion_desktop.domain.epoch_lines import epoch_line
from emotion_desktop.domain.errors import CloudError, Remedy, UsageError
from emotion_desktop.domain.machine_prices import parse_prices
from emotion_desktop.domain.sagemaker import Machines, has_gpu, runs_container

HERE = Prices("us-east-1")


def test_images_by_region():
    assert image_uri("us-east-1") == (
        "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
    )
    assert image_uri("cn-north-1").split("/")[0].endswith(".amazonaws.com.cn")
    assert len(ACCOUNTS) >= 33
    assert all(re.fullmatch(r"\d{12}", account) for account in ACCOUNTS.values())
    with pytest.raises(CloudError, match="not known in the region") as caught:
        image_uri("mars-1")
    assert caught.value.remedy is Remedy.CHOOSE_REGION
    assert [partition(r) for r in ("us-east-1", "cn-north-1", "us-gov-west-1")] == [
        "aws",
        "aws-cn",
        "aws-us-gov",
    ]


def test_the_container_by_region_and_machine():
    """As the public SageMaker SDK has it."""
    account = "763104351884.dkr.ecr"
    assert container_uri("us-east-1", gpu=True) == (
        f"{account}.us-east-1.amazonaws.com/tensorflow-training:2.21.0-gpu-py312"
    )
    assert container_uri("eu-central-1", gpu=False) == (
        f"{account}.eu-central-1.amazonaws.com/tensorflow-training:2.21.0-cpu-py312"
    )
    assert container_uri("cn-north-1", gpu=True).startswith(
        "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/"
    )
    assert container_uri("eu-south-1", gpu=True).startswith("692866216735.")
    assert all(re.fullmatch(r"\d{12}", account) for account in CONTAINER_ACCOUNTS.values())
    assert set(ACCOUNTS) <= set(CONTAINER_ACCOUNTS)
    with pytest.raises(CloudError, match="container is not known in the region") as caught:
        container_uri("mars-1", gpu=True)
    assert caught.value.remedy is Remedy.CHOOSE_REGION


def test_machines_of_the_container():
    good = ("g4dn.xlarge", "g5.2xlarge", "g6e.xlarge", "p3.2xlarge", "p5en.48xlarge", "m5.large")
    good += ("c5.2xlarge", "c5n.xlarge", "c7i.large", "m7i-flex.large", "r5d.large", "t3.large")
    assert all(runs_container(f"ml.{kind}") for kind in good)
    bad = ("p2.xlarge", "trn1.2xlarge", "inf2.xlarge", "c7g.large", "m6gd.large", "g5g.xlarge")
    assert not any(runs_container(f"ml.{kind}") for kind in bad)
    assert [has_gpu(f"ml.{kind}") for kind in ("g6.xlarge", "p5.48xlarge", "c5.large")] == [
        True,
        True,
        False,
    ]


def test_what_a_recipe_costs():
    task = {"core_seconds": 40_000.0, "photos": 1000, "prices": HERE}
    card = estimate_recipe(Machines(), **task)
    processor = estimate_recipe(Machines("ml.c5.2xlarge", max_hours=10), **task)
    assert card is not None
    assert processor is not None
    assert card.expected_s < processor.expected_s
    assert processor.at_most == pytest.approx(10 * 0.408)
    many = estimate_recipe(Machines(), **{**task, "photos": 4_000_000})
    assert many is not None
    assert many.expected_s > card.expected_s, "photos have to be made ready, too"


def test_epochs_of_a_recipe_in_the_log():
    lines = ["14 faces", epoch_line(1, {"loss": 2.0}), epoch_line(2, {"loss": 1.0})]
    history = merge((), lines)
    assert history == ({"epoch": 0, "loss": 2.0}, {"epoch": 1, "loss": 1.0})
    # Done again after a machine was taken away: the later figures are those of the net.
    assert merge(history, [epoch_line(2, {"loss": 0.5})])[1] == {"epoch": 1, "loss": 0.5}


def test_a_sentence_of_our_own_script_is_the_failure(caplog):
    reason = (
        'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "Emotion Desktop: The '
        'training diverged. Lower the learning rate."\nCommand "python train.py", exit code: 1'
    )
    message, _ = failure_in_words(reason)
    assert message == "The training diverged. Lower the learning rate."
    assert "exit code: 1" in caplog.text, "AWS's own words are in the log"


def test_estimates_have_a_hard_limit():
    task = {"samples": 4000, "epochs": 15, "side": 50, "layers": 18}
    one = estimate_training(Machines(max_hours=2), **task, prices=HERE)
    assert one is not None
    assert one.at_most == pytest.approx(2 * INSTANCES["ml.g4dn.xlarge"].dollars_per_hour)
    assert 0 < one.expected <= one.at_most
    long = estimate_training(Machines(max_hours=0.1), **{**task, "epochs": 10**6}, prices=HERE)
    assert long is not None
    assert long.expected == long.at_most
    two = estimate_training(Machines(count=2), **task, prices=HERE)
    assert two is not None
    assert two.expected_s < one.expected_s
    own = estimate_training(Machines(), **task, prices=Prices("mars-1", {"ml.g4dn.xlarge": 10.0}))
    assert own is not None
    assert own.at_most == pytest.approx(20)
    assert estimate_training(Machines(kind="ml.new.1x"), **task, prices=HERE) is None
    assert cost(Machines(count=3), 3600, HERE) == pytest.approx(3 * 0.736)
    assert storage_per_month(1 << 30) == pytest.approx(0.023)


def test_prices_are_those_of_the_region_or_not_known():
    """What is called a hard limit must not be another region's."""
    there = Prices("sa-east-1")
    assert HERE.per_hour("ml.g4dn.xlarge") == 0.736
    assert there.per_hour("ml.g4dn.xlarge") is None
    assert cost(Machines(), 3600, there) is None
    words = unknown_price(Machines(max_hours=2), there)
    assert words == (
        "unknown: there is no price for ml.g4dn.xlarge in sa-east-1; "
        "in us-east-1 it is $0.736 an hour, at most $1.48"
    )
    own = Prices("sa-east-1", {"ml.g4dn.xlarge": 1.2})
    assert cost(Machines(), 3600, own) == pytest.approx(1.2)


def test_no_limit_is_shown_lower_than_it_is():
    assert dollars(1.472) == "$1.48"
    assert dollars(2.0) == "$2.00"
    assert dollars(0.0001) == "$0.01"


def test_prices_of_ones_own():
    assert parse_prices("") == {}
    assert parse_prices(" ml.a.b = 0.5 ; ml.c.d=2,") == {"ml.a.b": 0.5, "ml.c.d": 2.0}
    for text in ("cheap", "ml.a.b", "ml.a.b=x", "ml.a.b=-1", "ml.a.b=nan", "t3.micro=1"):
        with pytest.raises(UsageError):
            parse_prices(text)


@given(st.text(max_size=40))
def test_any_text_is_prices_or_refused(text):
    try:
        assert all(price >= 0 for price in parse_prices(text).values())
    except UsageError:
        return


def test_policies_name_what_is_needed():
    policy = json.loads(user_policy("us-east-1", "faces", "arn:aws:iam::1:role/r"))
    text = json.dumps(policy)
    assert "arn:aws:s3:::faces/*" in text
    passing = next(s for s in policy["Statement"] if s["Action"] == "iam:PassRole")
    assert passing["Resource"] == "arn:aws:iam::1:role/r"
    assert "sagemaker:CreateEndpoint" not in text
    assert "arn:aws-cn:s3:::faces" in user_policy("cn-north-1", "faces")
    assert _trusts_sagemaker(json.loads(trust_policy()))
    assert "s3:PutObject" in role_policy("us-east-1", "faces")
    # Bound to a bucket this one would allow nothing.
    listing = next(s for s in policy["Statement"] if "s3:ListAllMyBuckets" in s["Action"])
    assert listing["Resource"] == "*"
    assert "rekognition:DetectFaces" in text


@pytest.mark.parametrize(
    "document",
    [
        None,
        "",
        "{",
        [],
        {},
        {"Statement": None},
        {"Statement": [{"Principal": "*"}]},
        {"Statement": {"Effect": "Deny", "Principal": {"Service": "sagemaker.amazonaws.com"}}},
        {"Statement": [{"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com"]}}]},
    ],
)
def test_roles_that_do_not_trust_sagemaker(document):
    assert not _trusts_sagemaker(document)


def test_quotas_in_words():
    quotas = {
        ("ml.g4dn.xlarge", TRAINING): 0,
        ("ml.g5.xlarge", TRAINING): 2,
        ("ml.m5.large", TRAINING): 9,
        ("ml.g6.xlarge", TRAINING): 9,
        ("ml.p4d.24xlarge", TRAINING): 9,
        ("ml.g5.xlarge", SPOT): 0,
    }
    with pytest.raises(CloudError) as caught:
        check_quota(quotas, Machines(), TRAINING)
    assert "no ml.g4dn.xlarge" in caught.value.message
    assert "ml.g5.xlarge" in caught.value.hint
    for kind in ("ml.m5.large", "ml.g6.xlarge", "ml.p4d.24xlarge"):
        assert kind not in caught.value.hint, "the algorithm does not run on it"
    assert check_quota(quotas, Machines("ml.g5.xlarge", 2), TRAINING) == 2
    with pytest.raises(CloudError, match="3 are wanted"):
        check_quota(quotas, Machines("ml.g5.xlarge", 3), TRAINING)
    with pytest.raises(CloudError):
        check_quota(quotas, Machines("ml.g5.xlarge"), SPOT)
    assert check_quota({}, Machines(count=2), TRAINING) == 2, "what is not listed is not known"


def test_published_log_lines():
    head = "[09/07/2019 22:57:58 INFO 140393221838656] "
    lines = [
        head + "Epoch[0] Batch [20]#011Speed: 111.811 samples/sec#011accuracy=0.452381",
        head + "Epoch[0] Train-accuracy=0.375000",
        head + "Epoch[0] Time cost=14.863",
        head + "Epoch[0] Validation-accuracy=0.771429",
        head + "Storing the best model with validation accuracy: 0.771429",
        head + 'Saved checkpoint to "/opt/ml/model/image-classification-0001.params"',
        head + "Epoch[1] Train-accuracy=nan",
    ]
    assert merge([], lines)[0] == {
        "epoch": 0,
        "train_accuracy": 0.375,
        "seconds": 14.863,
        "validation_accuracy": 0.771429,
    }
    later = merge(merge([], lines[:3]), lines[3:])
    assert [row["epoch"] for row in later] == [0]
    assert later[0]["validation_accuracy"] == 0.771429


@given(st.text(max_size=60) | st.from_regex(r"Epoch\[\d+\] (Train|Validation)-accuracy=\S*"))
def test_any_line_is_figures_or_none(line):
    found = figures(line)
    assert found is None or found[1] in ("train_accuracy", "validation_accuracy", "seconds")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("CapacityError: Unable to provision requested ML compute capacity.", "no machine"),
        ("ClientError: Data download failed:PermanentRedirect (301)", "another region"),
        ("ClientError: AccessDenied when calling GetObject", "role may not"),
        ("ClientError: needs a GPU", "no GPU"),
        ("AlgorithmError: CUDA error: out of memory, on GPU 0", "too little memory"),
        ("InternalServerError: cudaMalloc failed", "too little memory"),
        ("AlgorithmError: odd", "odd"),
        ("", "AWS does not say why"),
    ],
)
def test_failures_in_words(reason, words, caplog):
    message, hint = failure_in_words(reason)
    assert words in message
    assert hint
    # AWS's own words are beside ours, and in the log.
    assert reason.partition(": ")[2] in message + hint
    assert reason in caplog.text
