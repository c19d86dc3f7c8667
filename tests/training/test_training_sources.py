"""What else is trained on: our own passages, searchers' questions, traps; and beginning from a reader that ships."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from toy_models import disturb, toy_trunk, toy_vocabulary

from partyqa.errors import EncoderError
from training.base.tokenizer import build_tokenizer
from training.checkpoint import Mean
from training.export import READER, Source, export
from training.graph import eight_bit
from training.network import Reader
from training.paragraphs import read_own, read_traps, read_web
from training.shipped import load_exported


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_own_passages_keep_their_questions(tmp_path: Path) -> None:
    text = "Chợ Phù Lưu họp ngày chẵn. Phiên nào cũng có 40 hàng vải."
    at = text.index("40 hàng")
    row = {
        "title": "Chợ Phù Lưu",
        "text": text,
        "asked": [["number", "có mấy hàng vải", [[at, at + 7]]], ["trap attribute", "ai lập chợ", []]],
    }
    (found,) = read_own(lines(tmp_path / "own.jsonl", row))
    assert (found.title, found.text, len(found.sentences)) == ("Chợ Phù Lưu", text, 2)
    assert [(one.text, [text[start:end] for start, end in one.answers]) for one in found.asked] == [
        ("có mấy hàng vải", ["40 hàng"]),
        ("ai lập chợ", []),
    ]


def test_a_snippet_of_the_web_is_closed_up_with_its_answers(tmp_path: Path) -> None:
    context = "Sông dài 40 km ( phần trên ) , chảy qua “ Bản Mạt ” ."
    at = context.index("40 km")
    rows = [
        {
            "question": "Sông dài mấy km ?",
            "context": context,
            "answers": [{"answer_start": at, "text": "40 km"}],
            "is_impossible": False,
        },
        {"question": "Ai đặt tên sông ?", "context": context, "answers": [], "is_impossible": True},
        {
            "question": "Sai chỗ ?",
            "context": context,
            "answers": [{"answer_start": at + 1, "text": "40 km"}],
            "is_impossible": False,
        },
    ]
    (found,) = read_web(lines(tmp_path / "web.jsonl", *rows))
    assert found.text == "Sông dài 40 km (phần trên), chảy qua “Bản Mạt”."
    assert [one.text for one in found.asked] == ["Sông dài mấy km?", "Ai đặt tên sông?"]
    ((start, end),) = found.asked[0].answers
    assert found.text[start:end] == "40 km" and found.asked[1].answers == ()


@given(
    st.lists(st.sampled_from(["bản", "40", "(", ")", ",", ".", "“", "”", "ở"]), min_size=2, max_size=12),
    st.data(),
)
def test_an_answer_is_found_again_however_it_was_closed_up(words: list[str], data: st.DataObject) -> None:
    from training.paragraphs import _closed_up

    text = " ".join(words)
    closed, places = _closed_up(text)
    first = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join(words[:first])) + (first > 0)
    assert closed[places[start] : places[start + len(words[first])]] == words[first]
    assert closed.replace(" ", "") == text.replace(" ", "") and len(places) == len(text) + 1


def test_traps_are_the_questions_that_cannot_be_answered(tmp_path: Path) -> None:
    asked = [
        {"id": "1", "question": "Who?", "is_impossible": True, "answers": []},
        {
            "id": "2",
            "question": "What?",
            "is_impossible": False,
            "answers": [{"text": "A cow", "answer_start": 0}],
        },
    ]
    paragraphs = [{"context": "A cow sleeps.", "qas": asked}, {"context": "No trap here.", "qas": asked[1:]}]
    path = tmp_path / "traps.json"
    path.write_text(json.dumps({"data": [{"title": "Big_cow", "paragraphs": paragraphs}]}), "utf-8")
    (found,) = read_traps(path)
    assert (found.title, found.text) == ("Big cow", "A cow sleeps.")
    assert [(one.text, one.answers) for one in found.asked] == [("Who?", ())]


def test_an_exported_reader_is_read_back_to_its_eight_bits(tmp_path: Path) -> None:
    vocabulary = toy_vocabulary()
    torch.manual_seed(3)
    trained = Reader(toy_trunk(vocabulary)).eval()
    disturb(trained)
    tokenizer = build_tokenizer(vocabulary)
    export(
        READER, Source(trained, tokenizer, list(range(len(vocabulary.pieces)))), tmp_path / "reader", {}, {}
    )
    torch.manual_seed(4)
    other = Reader(toy_trunk(vocabulary))
    for parameter in other.trunk.embeddings.parameters():
        parameter.requires_grad_(False)
    load_exported(other, tmp_path / "reader")
    for name, weight in other.named_parameters():
        want = trained.state_dict()[name].numpy()
        if ".encoder." in name and weight.dim() == 2:
            small, scales = eight_bit(want)
            assert np.allclose(weight.detach().numpy(), small * scales[:, None], atol=1e-5), name
        elif ".embeddings." not in name:
            assert np.allclose(weight.detach().numpy(), want, atol=1e-6), name


def test_what_is_no_exported_reader_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reader.onnx").write_bytes(b"no graph")
    with pytest.raises(EncoderError):
        load_exported(Reader(toy_trunk(toy_vocabulary())), tmp_path)


def test_the_mean_is_that_of_the_steps_taken_in() -> None:
    model = nn.Linear(3, 2)
    mean = Mean()
    kept = []
    for step in range(4):
        with torch.no_grad():
            model.weight.fill_(float(step))
            model.bias.copy_(torch.tensor([step, -step], dtype=torch.float32))
        if step:
            mean.add(model)
            kept.append((model.weight.clone(), model.bias.clone()))
    mean.put_into(model)
    assert mean.steps == 3
    assert torch.allclose(model.weight, torch.stack([one for one, _ in kept]).mean(0))
    assert torch.allclose(model.bias, torch.stack([one for _, one in kept]).mean(0))
    untouched = nn.Linear(1, 1)
    before = untouched.weight.clone()
    Mean().put_into(untouched)
    assert torch.equal(untouched.weight, before)
