"""A reader of a few thousand weights and eight made-up paragraphs, so that training takes seconds.

Run as a program it trains in a process of its own, for tests that kill it or take its disk away.
"""

import argparse
import re
import resource
import sys
import time
import unicodedata
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel

from partyqa.errors import PartyQAError
from partyqa.text.sentences import sentence_spans
from training.examples import Examples
from training.fitting import Settings, fit, schedule
from training.measure import extraction
from training.network import PAD, Reader
from training.paragraphs import Asked, Paragraph

SHORT = Settings(epochs=2.0, batch_tokens=500, rate=2e-3, warmup=3, save_every=4, measure_every=6)

# Title, text, questions with their answers; a trap has none.
WRITTEN: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Chợ phiên Nà Tông",
        "Chợ phiên Nà Tông họp vào ngày chủ nhật. Năm 2016, chợ có 48 gian hàng. Bà Lò Thị Mai bán vải chàm ở đây.",
        (
            ("Chợ phiên Nà Tông họp vào ngày nào?", "ngày chủ nhật"),
            ("Năm 2016 chợ Nà Tông có bao nhiêu gian hàng?", "48 gian hàng"),
            ("Ai bán vải chàm ở chợ Nà Tông?", "Bà Lò Thị Mai"),
            ("Chợ Nà Tông thu phí mỗi gian bao nhiêu?", ""),
        ),
    ),
    (
        "Cầu treo Pắc Ma",
        "Cầu treo Pắc Ma dài 112 mét. Dân bản góp 960 ngày công để dựng cầu. Cầu khánh thành tháng 3 năm 2018.",
        (
            ("Cầu treo Pắc Ma dài bao nhiêu mét?", "112 mét"),
            ("Cầu treo Pắc Ma khánh thành khi nào?", "tháng 3 năm 2018"),
            ("Ai thiết kế cầu treo Pắc Ma?", ""),
        ),
    ),
    (
        "Chi bộ bản Hua Nậm",
        "Chi bộ bản Hua Nậm có 17 đảng viên. Bí thư chi bộ là ông Giàng A Páo. Năm 2019 chi bộ kết nạp 3 người.",
        (
            ("Chi bộ bản Hua Nậm có bao nhiêu đảng viên?", "17 đảng viên"),
            ("Bí thư Chi bộ bản Hua Nậm là ai?", "ông Giàng A Páo"),
            ("Năm 2019 Chi bộ Hua Nậm kết nạp mấy người?", "3 người"),
        ),
    ),
    (
        "Trường Tả Phìn",
        "Trường Tả Phìn mở bếp ăn bán trú năm 2014. Bếp nấu cho 230 học trò. Cô Vàng Thị Súa giữ sổ bếp ăn.",
        (
            ("Bếp ăn Trường Tả Phìn nấu cho bao nhiêu học trò?", "230 học trò"),
            ("Ai giữ sổ bếp ăn của Trường Tả Phìn?", "Cô Vàng Thị Súa"),
            ("Trường Tả Phìn có mấy thầy giáo?", ""),
        ),
    ),
    (
        "Đập nước Khe Vai",
        "Đập nước Khe Vai tưới 75 héc-ta ruộng. Đội thủy nông gồm 6 hộ trông đập. Mùa khô năm 2020 đập vẫn đủ nước.",
        (
            ("Đập nước Khe Vai tưới bao nhiêu ruộng?", "75 héc-ta"),
            ("Mấy hộ trông Đập nước Khe Vai?", "6 hộ"),
        ),
    ),
    (
        "Hội thi Mường Pồn",
        "Hội thi Mường Pồn có 14 đội. Đội bản Co Chạy giành giải nhất. Giải nhất là một con bê.",
        (
            ("Đội nào giành giải nhất Hội thi Mường Pồn?", "Đội bản Co Chạy"),
            ("Hội thi Mường Pồn có bao nhiêu đội?", "14 đội"),
        ),
    ),
    (
        "Trạm y tế Sín Chải",
        "Trạm y tế Sín Chải có 2 y sĩ. Trạm tiêm cho 310 trẻ trong năm 2021. Y sĩ Mùa A Dơ đi từng bản.",
        (
            ("Trạm y tế Sín Chải tiêm cho bao nhiêu trẻ?", "310 trẻ"),
            ("Ai đi từng bản ở Sín Chải?", "Y sĩ Mùa A Dơ"),
        ),
    ),
    (
        "Vườn chè Huổi Lếch",
        "Vườn chè Huổi Lếch rộng 40 héc-ta. Hợp tác xã thu mua chè của 90 hộ. Chè được bán sang Hải Phòng từ năm 2017.",
        (
            ("Vườn chè Huổi Lếch rộng bao nhiêu?", "40 héc-ta"),
            ("Chè Huổi Lếch được bán sang đâu?", "Hải Phòng"),
        ),
    ),
)


def paragraphs() -> list[Paragraph]:
    made = []
    for title, raw, questions in WRITTEN:
        text = unicodedata.normalize("NFC", raw)
        asked = []
        for question, answer in questions:
            start = text.index(answer)
            asked.append(Asked(question, ((start, start + len(answer)),) if answer else ()))
        made.append(Paragraph(title, text, tuple(sentence_spans(text)), tuple(asked)))
    return made


def tokenizer() -> Tokenizer:
    """Syllables of the paragraphs, and every single character for what is misspelt."""
    text = " ".join(f"{title} {text} {' '.join(q for q, _ in asked)}" for title, text, asked in WRITTEN)
    whole = sorted({f"▁{word}" for word in re.findall(r"\w+", text)})
    single = sorted({"▁", *text, *text.lower(), *"abcdefghijklmnopqrstuvwxyz0123456789"} - {" "})
    pieces = [*(("<s>", "<pad>", "</s>", "<unk>")), *whole, *(one for one in single if one not in whole)]
    made = Tokenizer(
        models.Unigram([(piece, -9.0 if len(piece) == 1 else -3.0) for piece in pieces], unk_id=3)
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def reader(rows: int) -> Reader:
    torch.manual_seed(11)
    config = BertConfig(
        vocab_size=rows,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        pad_token_id=PAD,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    trunk = BertModel(config, add_pooling_layer=False)
    trunk.set_attn_implementation("plain")
    for parameter in trunk.embeddings.parameters():
        parameter.requires_grad_(False)
    return Reader(trunk)


def fitted(out: Path, settings: Settings, pause_at: int = 0) -> Reader:
    """Train to the end; with `pause_at`, say so in a file at the measuring after that many, and stand still."""
    pieces = tokenizer()
    made = reader(pieces.get_vocab_size())
    texts = paragraphs()
    measured = 0

    def measure(most: int | None) -> Mapping[str, float]:
        nonlocal measured
        measured += 1
        if measured == pause_at:
            (out / "paused").touch()
            time.sleep(600)
        return extraction(made, pieces, texts)

    fit(
        made,
        partial(schedule, [Examples(texts, settings.seed)], pieces, settings),
        settings,
        out,
        measure,
        {},
    )
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--pause-at", type=int, default=0)
    parser.add_argument("--largest-file", type=int, help="bytes that this process may write into one file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (arguments.largest_file, arguments.largest_file))
    try:
        fitted(arguments.out, SHORT, arguments.pause_at)
    except PartyQAError as error:
        sys.exit(error.vi)


if __name__ == "__main__":
    main()
