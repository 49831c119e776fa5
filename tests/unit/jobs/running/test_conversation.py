"""The worker's side of a conversation: one answer to each question, whatever comes."""

import json

from emotion_desktop.domain.errors import AppError
from emotion_desktop.jobs.running.conversation import answer_all


def halve(question):
    if question["n"] % 2:
        raise AppError("It is odd.", "Ask for an even one.")
    return {"half": question["n"] // 2}


def test_what_cannot_be_answered_does_not_end_it():
    said = []
    answer_all(lambda: halve, [json.dumps({"n": n}) + "\n" for n in (4, 3, 6)], said.append)
    assert said == [
        {"ready": True},
        {"half": 2},
        {"message": "It is odd.", "hint": "Ask for an even one."},
        {"half": 3},
    ]


def test_what_cannot_be_loaded_is_told_in_place_of_the_first_answer():
    said = []

    def load():
        raise AppError("The model cannot be loaded.", "Export it again.")

    answer_all(load, ['{"n": 4}\n'], said.append)
    assert said == [{"message": "The model cannot be loaded.", "hint": "Export it again."}]
