"""What of a photo is sent."""

import numpy as np
import pytest

from emotion_desktop.aws.rekognition.request import make_request
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.pixels import encode_png


@pytest.mark.parametrize("size", [(20, 30_000), (30_000, 20), (1, 900)])
def test_a_strip_that_is_too_long_is_an_entry_that_cannot_be_sent(size):
    with pytest.raises(UnreadablePictureError, match="too long and narrow to be sent"):
        make_request(encode_png(np.full((*size, 3), 128, np.uint8)))


@pytest.mark.parametrize("size", [(20, 2000), (8000, 80)])
def test_long_strips_that_can_be_sent_are(size):
    picture = decode(make_request(encode_png(np.full((*size, 3), 128, np.uint8))).data)
    assert min(picture.width, picture.height) >= 80
