"""Training on a toy set: what the reader is shown, that it learns, and that nothing is lost when it is stopped."""

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from tokenizers import Tokenizer
from toy_training import SHORT, fitted, paragraphs, reader, tokenizer

from partyqa.errors import DatasetError, EncoderError
from partyqa.text.normalise import fold
from partyqa.text.sentences import sentence_spans
from training.checkpoint import CHECKPOINT, LOG, Mean, resume
from training.curve import curves, draw
from training.examples import (
    LONGEST_WINDOW,
    Example,
    Examples,
    Mix,
    abbreviated,
    altered,
    cut,
    slipped,
    swapped,
    without,
)
from training.fitting import rate_at, schedule
from training.inputs import BOS, EOS, MOST_TOKENS, Row, batch_of, batches, row_of
from training.network import PAD, Reader, loss_of
from training.paragraphs import Asked, Paragraph, overlapping
from training.reader import FILES, require

TOY = paragraphs()
SEEDS = range(40)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pieces() -> Tokenizer:
    return tokenizer()


@pytest.fixture(scope="module")
def plain() -> list[Example]:
    """Six epochs with questions and windows as they were written."""
    made = Examples(TOY, seed=3, mix=Mix(flat=0, lower=0, slip=0, short=0, altered=0))
    return [example for number in range(6) for example in made.epoch(number)]


def asked_over(example: Example) -> tuple[Paragraph, Asked] | None:
    """The paragraph and the question of an example; None where the question is not one as written."""
    for paragraph in TOY:
        for asked in paragraph.asked:
            if asked.text == example.question:
                return paragraph, asked
    return None


# Examples


def test_an_answer_lies_to_the_letter_in_its_window(plain: list[Example]) -> None:
    answered = [example for example in plain if example.answer]
    for example in answered:
        paragraph, asked = asked_over(example) or pytest.fail(example.question)
        ((start, end),) = asked.answers
        assert example.answer and example.window[slice(*example.answer)] == paragraph.text[start:end]
        assert example.window in paragraph.text and example.relevant is True
    answerable = {asked.text for paragraph in TOY for asked in paragraph.asked if asked.answers}
    assert {example.question for example in answered} == answerable


def test_a_window_that_is_said_not_to_answer_does_not(plain: list[Example]) -> None:
    kinds = set()
    for example in plain:
        found = asked_over(example)
        if example.answer is None and found:  # the question as written: of its own paragraph or of another
            paragraph, asked = found
            for span in asked.answers:
                assert fold(paragraph.text[slice(*span)]) not in fold(example.window)
            assert example.relevant is any(part in paragraph.text for part in example.window.split(". "))
            kinds.add((bool(asked.answers), example.relevant))
    assert kinds == {(True, True), (True, False), (False, True), (False, False)}


def test_without_takes_every_sentence_that_answers() -> None:
    text = "Bản có 12 hộ. Năm ấy bản trồng ngô. Nay vẫn 12 hộ như xưa. Đường vào bản dài."
    spans = tuple(sentence_spans(text))
    paragraph = Paragraph("Bản", text, spans, ())
    asked = Asked("Bản có mấy hộ?", ((text.index("12 hộ"), text.index("12 hộ") + 5),))
    windows = {without(random.Random(seed), paragraph, asked) for seed in SEEDS}
    left = ("Năm ấy bản trồng ngô.", "Đường vào bản dài.")
    assert windows == {*left, " ".join(left)}
    whole = Asked("?", tuple((start, end) for start, end in spans))
    assert without(random.Random(1), paragraph, whole) == ""


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("Năm 2016 chợ có gì?", "Năm 2016, chợ có hàng.", ("Năm ", " chợ có gì?")),
        ("Ai trông 75 con bê?", "Đàn có 75 con bê.", ("Ai trông ", " con bê?")),
        ("Ai ở Hải Phòng về?", "Anh ở Hải Phòng về.", ("Ai ở ", " về?")),
    ],
)
def test_a_swapped_question_asks_about_what_the_text_does_not_hold(
    question: str, text: str, kept: tuple[str, str]
) -> None:
    names = ("Hải Phòng", "Nà Tông", "Sín Chải")
    made = {swapped(random.Random(seed), question, text, names) for seed in SEEDS}
    assert len(made) > 1
    for other in made:
        new = other.removeprefix(kept[0]).removesuffix(kept[1])
        assert other == f"{kept[0]}{new}{kept[1]}" and other != question
        assert new and new not in text
        assert new in names or new.isdigit()


def test_a_question_without_year_number_or_name_is_not_swapped() -> None:
    assert swapped(random.Random(1), "Chợ họp vào ngày nào?", "", ("Nà Tông",)) == ""
    assert swapped(random.Random(1), "Ai ở Nà Tông về?", "Nà Tông", ("Nà Tông",)) == "", "no other name"


def test_swapped_questions_of_an_epoch_are_new_over_the_same_paragraph(plain: list[Example]) -> None:
    strange = [example for example in plain if asked_over(example) is None]
    assert len(strange) > 5
    for example in strange:
        assert (example.answer, example.relevant) == (None, None)
        assert sum(example.window in paragraph.text for paragraph in TOY) == 1


NAMES = ("Hải Phòng", "Nà Tông", "Sín Chải")


@pytest.mark.parametrize(
    ("question", "title", "window", "answer", "found"),
    [
        ("Năm 2016 chợ có gì?", "Chợ năm 2016", "Năm 2016, chợ có hàng.", "hàng", "2016"),
        ("Ai trông 75 con bê?", "Đàn bê", "Anh Páo trông 75 con bê.", "Anh Páo", "75"),
        (
            "Từ Hải Phòng về Nà Tông lúc mấy giờ?",
            "Ở Nà Tông",
            "Chợ Nà Tông họp ở Nà Tông, 9 giờ.",
            "9 giờ",
            "Nà Tông",
        ),
    ],
)
def test_an_altered_window_holds_another_of_what_was_asked(
    question: str, title: str, window: str, answer: str, found: str
) -> None:
    start = window.index(answer)
    span = (start, start + len(answer))
    made = {altered(random.Random(seed), question, (title, window), span, NAMES) for seed in SEEDS} - {None}
    assert made
    for texts in made:
        assert texts is not None and texts[0].count(found) == texts[1].count(found) == 0
        at = window.index(found)
        new = texts[1][at : at + len(found)] if found.isdigit() else "Sín Chải"
        assert texts == (title.replace(found, new), window.replace(found, new))
        assert new not in question


def test_a_window_without_what_was_asked_or_only_in_its_answer_is_not_altered() -> None:
    asked = "Ai ở Nà Tông về năm 2016?"
    assert altered(random.Random(1), asked, ("Nà Tông", "Bà Mai về."), (0, 6), NAMES) is None
    assert altered(random.Random(1), asked, ("", "Anh ở Nà Tông về."), (3, 16), NAMES) is None
    assert altered(random.Random(1), "Ai có 7 con?", ("", "Anh có 75 con, 1.7 xe."), (0, 3), NAMES) is None


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("Ủy ban nhân dân huyện có mấy phòng?", "UBND huyện có mấy phòng?"),
        ("Chủ tịch Uỷ ban nhân dân là ai?", "Chủ tịch UBND là ai?"),
        ("Ban tổ chức nào?", "BTC nào?"),
        ("Bản nào có chợ?", "Bản nào có chợ?"),
    ],
)
def test_terms_of_the_lexicon_are_abbreviated(question: str, short: str) -> None:
    assert abbreviated(question) == short


def test_an_epoch_hangs_on_seed_and_number_alone() -> None:
    first = list(Examples(TOY, seed=5).epoch(2))
    assert list(Examples(paragraphs(), seed=5).epoch(2)) == first
    assert list(Examples(TOY, seed=5).epoch(3)) != first
    assert list(Examples(TOY, seed=6).epoch(2)) != first


def test_everything_shown_is_composed() -> None:
    made = [example for number in range(4) for example in Examples(TOY, seed=1).epoch(number)]
    texts = [text for example in made for text in (example.question, example.context, example.window)]
    assert [text for text in texts if text != unicodedata.normalize("NFC", text)] == []
    assert any(fold(e.question) == e.question for e in made), "some are typed without accents"


def test_a_cut_is_whole_sentences_around_those_asked_for() -> None:
    long = "".join(f"Câu thứ {number} dài {'ơ' * 400} hết. " for number in range(6))
    paragraph = Paragraph("", long, tuple(sentence_spans(long)), ())
    starts, ends = zip(*paragraph.sentences, strict=True)
    middle = paragraph.sentences[2]
    made = {cut(random.Random(seed), paragraph, 2, 2) for seed in SEEDS}
    assert middle in made and len(made) > 1
    for start, end in made:
        assert start in starts and end in ends and start <= middle[0] < middle[1] <= end
        assert end - start <= LONGEST_WINDOW


def test_a_window_grows_to_both_sides() -> None:
    spans = TOY[0].sentences
    made = {cut(random.Random(seed), TOY[0], 1, 1) for seed in SEEDS}
    assert made == {spans[1], (spans[0][0], spans[2][1])}
    assert {cut(random.Random(seed), TOY[0], 2, 2)[0] for seed in SEEDS} == {spans[n][0] for n in range(3)}


def test_a_slip_swaps_two_letters_or_loses_one() -> None:
    question = "Chợ họp khi nào?"
    for seed in SEEDS:
        made = slipped(random.Random(seed), question)
        if len(made) == len(question):
            assert sorted(made) == sorted(question)
        else:
            assert any(made == question[:at] + question[at + 1 :] for at in range(len(question)))
    assert slipped(random.Random(1), "1 + 2?") == "1 + 2?"


# Inputs


def test_target_tokens_read_back_as_the_answer(pieces: Tokenizer, plain: list[Example]) -> None:
    for example in plain:
        row = row_of(pieces, example)
        assert row.ids[0] == BOS and row.ids[-1] == EOS and len(row.ids) == row.start + len(row.offsets) + 1
        relevant = -1 if example.relevant is None else int(example.relevant)
        assert row.labels == (int(example.answer is not None), relevant)
        if example.answer is None:
            assert row.target == (0, 0)
        else:
            first, last = (row.offsets[place - row.start] for place in row.target)
            assert example.window[first[0] : last[1]].strip() == example.window[slice(*example.answer)]


def test_the_head_is_question_then_title(pieces: Tokenizer) -> None:
    row = row_of(pieces, Example("Ai bán vải?", "Chợ phiên", "Bà bán vải.", (0, 2), True))
    tokens = [pieces.id_to_token(number) for number in row.ids]
    assert " ".join(tokens) == "<s> ▁Ai ▁bán ▁vải ? </s> </s> ▁Chợ ▁phiên ▁Bà ▁bán ▁vải . </s>"
    assert tokens[row.start] == "▁Bà" == tokens[row.target[0]] == tokens[row.target[1]]


def test_a_window_too_long_is_cut_and_an_answer_beyond_it_is_none(pieces: Tokenizer) -> None:
    window = "bản " * 600 + "48 gian hàng."
    row = row_of(pieces, Example("Mấy gian?", "", window, (2400, 2412), True))
    assert len(row.ids) == MOST_TOKENS and row.ids[-1] == EOS
    assert (row.target, row.labels) == ((0, 0), (0, 1))


def test_batches_hold_every_row_once_and_little_else() -> None:
    chance = random.Random(4)
    rows = [
        Row([BOS, 10 + n, *[5] * chance.randrange(60), EOS], 1, [(0, 1)], (0, 0), (0, -1)) for n in range(300)
    ]
    made = list(batches(rows, 400, "a"))
    assert sorted(int(number) for batch in made for number in batch.ids[:, 1]) == list(range(10, 310))
    assert max(batch.ids.numel() for batch in made) <= 400
    padding = sum(int((batch.ids == PAD).sum()) for batch in made) / sum(batch.ids.numel() for batch in made)
    assert padding < 0.05
    again = list(batches(rows, 400, "a"))
    assert all(torch.equal(one.ids, other.ids) for one, other in zip(made, again, strict=True))
    assert [batch.ids.tolist() for batch in batches(rows, 400, "b")] != [batch.ids.tolist() for batch in made]


@pytest.mark.parametrize("attention", ["plain", "sdpa"])
def test_padding_changes_nothing(attention: str) -> None:
    torch.manual_seed(1)
    model = reader(50).eval()
    model.trunk.set_attn_implementation(attention)
    short, long = [0, 5, 6, 2, 2, 7, 2], [0, *range(4, 40), 2, 2, *range(4, 30), 2]
    padded = torch.full((2, len(long)), PAD)
    padded[0, : len(short)], padded[1] = torch.tensor(short), torch.tensor(long)
    with torch.inference_mode():
        span, says = model(padded)
        alone_span, alone_says = model(torch.tensor([short]))
    assert span[0, :, : len(short)].numpy() == pytest.approx(alone_span[0].numpy(), abs=1e-5)
    assert says[0].numpy() == pytest.approx(alone_says[0].numpy(), abs=1e-5)


def test_a_batch_is_padded_and_says_where_a_span_may_lie() -> None:
    short = Row([BOS, 7, EOS, EOS, 8, 9, EOS], 4, [(0, 1), (1, 2)], (4, 5), (1, 1))
    long = Row([BOS, 7, EOS, EOS, 6, 8, 9, 9, EOS], 5, [(0, 1), (1, 2), (2, 3)], (0, 0), (0, -1))
    batch = batch_of([short, long])
    assert batch.ids.tolist() == [[*short.ids, PAD, PAD], long.ids]
    assert batch.allowed.int().tolist() == [[1, 0, 0, 0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 1, 1, 1, 0]]
    assert (batch.targets.tolist(), batch.labels.tolist()) == ([[4, 5], [0, 0]], [[1, 1], [0, -1]])


def test_the_loss_is_the_one_written_down() -> None:
    """By hand: two allowed places of equal score cost log 2 each; an unknown label costs nothing."""
    span, says = torch.zeros(2, 2, 4), torch.tensor([[0.0, 5.0], [0.0, -9.0]])
    span[:, :, 1] = 50  # not allowed: must not count
    allowed = torch.tensor([[True, False, True, False]] * 2)
    targets, labels = torch.tensor([[2, 2], [0, 0]]), torch.tensor([[1, -1], [0, -1]])
    assert loss_of(span, says, targets, labels, allowed).item() == pytest.approx(2 * 0.693147, abs=1e-5)
    span[1, :, 0] = 50  # certain of "no answer" where there is none: weighs .4 against 1
    expected = 0.693147 / 1.4 + 0.693147
    assert loss_of(span, says, targets, labels, allowed).item() == pytest.approx(expected, abs=1e-5)


# Fitting


def test_the_rate_rises_and_falls_in_lines() -> None:
    shares = [rate_at(step, total=12, warmup=2) for step in range(13)]
    assert shares[:3] == [0.5, 1.0, 1.0]
    assert shares[3:12] == pytest.approx([n / 10 for n in range(9, 0, -1)])
    assert shares[12] == 0.05


def test_a_schedule_entered_later_is_the_rest_of_the_whole(pieces: Tokenizer) -> None:
    sources = [Examples(TOY, seed=1)]
    whole = list(schedule(sources, pieces, SHORT, skip=0))
    assert {total for total, _ in whole} == {len(whole)}
    rest = list(schedule(sources, pieces, SHORT, skip=6))
    assert len(rest) == len(whole) - 6
    for (_, batch), (_, same) in zip(whole[6:], rest, strict=True):
        assert torch.equal(batch.ids, same.ids) and torch.equal(batch.targets, same.targets)


def rows_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / LOG).read_text("utf-8").splitlines()]


def test_the_loss_falls(tmp_path: Path, pieces: Tokenizer) -> None:
    """On examples of an epoch that it has not been shown."""
    rows = [row_of(pieces, example) for example in Examples(TOY, seed=7).epoch(99)]

    def loss(of: Reader) -> float:
        with torch.inference_mode():
            made = [(of(batch.ids), batch) for batch in batches(rows, 500, "x")]
        losses = [loss_of(*said, batch.targets, batch.labels, batch.allowed) for said, batch in made]
        return float(torch.stack(losses).mean())

    untrained = loss(reader(pieces.get_vocab_size()))
    many = dataclasses.replace(SHORT, epochs=16, rate=5e-3, save_every=999, measure_every=999)
    assert loss(fitted(tmp_path, many)) < 0.75 * untrained
    logged = [float(str(row["loss"])) for row in rows_of(tmp_path) if "loss" in row]
    assert len(logged) >= 3 and logged[-1] < logged[0]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    fitted(folder, SHORT)
    torch.set_num_threads(threads)
    return folder


def child(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A training of the toy in a process of its own."""
    return subprocess.Popen(
        [sys.executable, ROOT / "tests" / "toy_training.py", folder, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def same(one: Path, other: Path) -> bool:
    """Whether two checkpoints hold the same step, weights and optimizer state, bit for bit."""
    first, second = (torch.load(folder / CHECKPOINT, weights_only=True) for folder in (one, other))
    states = [saved["optimizer"]["state"] for saved in (first, second)]
    return bool(
        first["step"] == second["step"]
        and first["reader"].keys() == second["reader"].keys()
        and all(torch.equal(tensor, second["reader"][name]) for name, tensor in first["reader"].items())
        and states[0].keys() == states[1].keys()
        and all(torch.equal(states[0][n][key], states[1][n][key]) for n in states[0] for key in states[0][n])
    )


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path, uninterrupted: Path) -> None:
    process = child(tmp_path, "--pause-at", "1")
    deadline = time.monotonic() + 120
    while not (tmp_path / "paused").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None, "it should stand at step 6, two steps after a save"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 4
    (tmp_path / f"{CHECKPOINT}.new").write_bytes(b"half a checkp")  # as if killed while saving
    fitted(tmp_path, SHORT)
    assert [row["resumed at step"] for row in rows_of(tmp_path) if "settings" in row] == [0, 4]
    assert same(tmp_path, uninterrupted)
    assert not (tmp_path / f"{CHECKPOINT}.new").exists()
    assert not same(tmp_path, of_another_seed(tmp_path / "other")), "the comparison can fail"


def of_another_seed(folder: Path) -> Path:
    fitted(folder, dataclasses.replace(SHORT, seed=8))
    return folder


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path, uninterrupted: Path) -> None:
    fitted(tmp_path, dataclasses.replace(SHORT, epochs=0.8))
    before = (tmp_path / CHECKPOINT).read_bytes()
    process = child(tmp_path, "--largest-file", str(len(before) // 2))
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.startswith(f"Không ghi được vào {tmp_path}, ổ đĩa đầy") and said.count("\n") == 1, said
    assert (tmp_path / CHECKPOINT).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [CHECKPOINT, LOG]
    fitted(tmp_path, SHORT)
    steps = [
        torch.load(folder / CHECKPOINT, weights_only=True)["step"] for folder in (tmp_path, uninterrupted)
    ]
    assert steps == [10, 10]


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, uninterrupted: Path, damage: bytes | None) -> None:
    whole = (uninterrupted / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    made = reader(300)
    with pytest.raises(EncoderError, match=r"checkpoint\.pt.*hãy xóa tệp ấy"):
        resume(tmp_path, made, torch.optim.AdamW(made.parameters()), Mean())


def test_a_curve_leaves_out_what_was_done_again(tmp_path: Path) -> None:
    rows = [
        {"settings": {}, "resumed at step": 0},
        {"step": 20, "loss": 5.0},
        {"step": 40, "loss": 4.0},
        {"step": 40, "dev": "sample", "EM": 1.0, "F1": 2.0},
        {"settings": {}, "resumed at step": 20},
        {"step": 40, "loss": 3.5},
        {"step": 60, "dev": "all", "EM": 9.0, "AUROC answers": 70.0},
    ]
    found = curves(rows)
    assert found["loss"].points == {20: 5.0, 40: 3.5}
    assert (found["EM"].points, found["EM"].final) == ({}, (60, 9.0))
    assert (found["AUROC answers"].points, found["AUROC answers"].final) == ({}, (60, 70.0))
    draw(found, tmp_path / "a.svg")
    draw(found, tmp_path / "b.svg")
    picture = (tmp_path / "a.svg").read_text("utf-8")
    assert picture == (tmp_path / "b.svg").read_text("utf-8")
    assert all(word in picture for word in ("loss", "AUROC", "EM", "F1", "steps"))


# Texts


def text_of(length: int, seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice("abcdeghiklmnopqrstuvxy ") for _ in range(length))


def test_copies_are_found_by_sixty_characters() -> None:
    copied = "".join(text_of(90, 1).split())[:60]
    held_out = f"{text_of(200, 2)} {copied.upper()} {text_of(200, 3)}"
    spaced = " ".join(copied[at : at + 7] for at in range(0, 60, 7))

    def paragraph(text: str) -> Paragraph:
        return Paragraph("", text, ((0, len(text)),), ())

    whole = paragraph(f"{text_of(300, 4)} {spaced} {text_of(300, 5)}")
    one_less = paragraph(f"{text_of(300, 4)}#{copied[:59]}#{text_of(300, 5)}")
    short = paragraph(copied[:40])
    assert overlapping([one_less, whole, short], [held_out, ""]) == [whole]


def test_missing_data_is_named_with_what_to_type(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    require(tmp_path)
    (tmp_path / "viquad/dev.json").unlink()
    with pytest.raises(DatasetError) as raised:
        require(tmp_path)
    for sentence in (raised.value.vi, raised.value.en):
        assert "viquad/dev.json" in sentence and "news" not in sentence and "make train DATA=" in sentence


def test_the_command_says_what_is_missing_and_no_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "training.reader", "--data", tmp_path / "none", "--out", tmp_path / "run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (2, "")
    vi, en = done.stderr.splitlines()
    assert vi.startswith(f"Trong {tmp_path / 'none'} thiếu viquad/train.json, ") and "hãy gõ make train" in vi
    assert en.startswith(f"{tmp_path / 'none'} lacks viquad/train.json, ")
    assert not (tmp_path / "run").exists()
