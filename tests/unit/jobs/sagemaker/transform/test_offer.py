"""What a batch transform would send and cost, told before anything is done."""

import pytest

from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES
from emotion_desktop.aws.session import open_session
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sagemaker import AwsChoice, Machines, TransformRequest
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.sagemaker.transform.offer import count_photos, transform_offer
from emotion_desktop.jobs.sagemaker.transform.source import look_at_source
from emotion_desktop.workspace.paths import Workspace

HERE = "us-east-1"
NO_PRICE = (
    "Cost: unknown: there is no price for ml.g9.huge in us-east-1. Set a price in the settings."
)


@pytest.fixture
def cloud(tmp_path):
    resources = Resources(Workspace(tmp_path))
    yield resources.cloud
    resources.close()


def request(**more):
    made = {
        "model": str(BUILTIN_MODEL),
        "artefact": "s3://faces/model.tar.gz",
        "machines": Machines(max_hours=1.0),
        "role": "arn:aws:iam::123456789012:role/it",
        "bucket": "faces",
        "paths": (str(SAMPLES),),
    }
    return TransformRequest(**{**made, **more})


def test_what_is_sent_and_what_it_costs(cloud):
    sends, cost, limit, endpoint = transform_offer(cloud, request(), 1000, HERE)
    assert "The faces on 1,000 photos" in sends
    assert "your bucket faces" in sends
    assert "at most $0.74" in cost
    assert "then this program stops it" in cost
    assert "AWS knows no time limit" in limit, "said before it is agreed to"
    assert "No endpoint" in endpoint


def test_pictures_in_s3_are_not_sent(cloud):
    sends, *_ = transform_offer(
        cloud, request(source="s3://faces/album", paths=()), 1000, "us-east-1"
    )
    assert sends.startswith("Nothing: the pictures under s3://faces/album")


def test_a_machine_without_a_price(cloud):
    _, cost, *_ = transform_offer(
        cloud, request(machines=Machines("ml.g9.huge")), 1000, "us-east-1"
    )
    assert cost == NO_PRICE


@pytest.mark.parametrize("missing", ["role", "bucket"])
def test_nothing_is_offered_without_role_and_bucket(cloud, missing):
    with pytest.raises(UsageError, match=f"No {missing} is chosen"):
        transform_offer(cloud, request(**{missing: ""}), 1000, HERE)


def test_photos_here_are_counted(tmp_path):
    assert count_photos(request(), AwsChoice()) == len(list(SAMPLES.glob("*.jpg")))
    with pytest.raises(UsageError, match="no photos"):
        count_photos(request(paths=(str(tmp_path),)), AwsChoice())


def test_photos_in_s3_are_counted(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="faces")
    for name in ("album/a.jpg", "album/b.PNG", "other/notes.txt"):
        s3.put_object(Bucket="faces", Key=name, Body=b"x")
    assert count_photos(request(source="s3://faces/album/"), AwsChoice()) == 2
    with pytest.raises(UsageError, match="no JPEG or PNG"):
        count_photos(request(source="s3://faces/nothing/"), AwsChoice())


def test_only_pictures_under_the_folder_itself_are_a_source(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="faces")
    for key in ("mine/a.jpg", "mine/b/c.PNG", "mine2/d.jpg", "mine2/README.txt", "mine-e.jpg"):
        s3.put_object(Bucket="faces", Key=key, Body=b"x")
    there = AwsChoice("", HERE)
    for source in ("s3://faces/mine", "s3://faces/mine/"):
        assert count_photos(request(source=source, paths=()), there) == 2
        assert look_at_source(open_session(), source).address == "s3://faces/mine/"
    assert look_at_source(open_session(), "s3://faces/mine-").address == "s3://faces/mine-"
    with pytest.raises(UsageError, match="README") as caught:
        count_photos(request(source="s3://faces/mine2", paths=()), there)
    assert "would fail" in caught.value.message
    with pytest.raises(UsageError, match="no JPEG or PNG"):
        count_photos(request(source="s3://faces/none", paths=()), there)
