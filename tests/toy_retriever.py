"""The toy set as the retriever is shown it, with two news documents; run as a program it trains, to be killed."""

import argparse
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from toy_training import paragraphs, reader, tokenizer

from training.contrast import Retriever
from training.finding import finding
from training.naming import Names
from training.news import Document, document_of
from training.pairs import News, Questions, Source
from training.retriever import Settings, run, schedule

SHORT = Settings(epochs=1.6, pairs=4, rate=2e-3, warmup=2, save_every=4, measure_every=6, news=2, titled=0.5)


def documents() -> list[Document]:
    """Two made-up news documents with titles, leads and texts."""
    return [
        document_of(
            "Xã Nà Khoa mở lớp xóa mù chữ cho 45 phụ nữ",
            [
                "Tối thứ hai hằng tuần, phụ nữ xã Nà Khoa đến lớp.",
                "Lớp do cô giáo Lường Thị Hặc đứng. Học viên xã Nà Khoa viết được tên mình sau ba tháng. "
                "Năm 2022, lớp có 45 người. Hội phụ nữ tặng vở và bút.",
            ],
        ),
        document_of(
            "Bản Noong Luống giữ nghề dệt thổ cẩm",
            [
                "Mười hai khung cửi của bản Noong Luống chưa nghỉ ngày nào.",
                "Bà con bán vải ở chợ huyện. Mỗi tấm vải mất chín ngày. Bản Noong Luống đón khách từ năm 2015.",
            ],
        ),
    ]


def names() -> Names:
    """The names of the toy set, and some more places."""
    texts = [f"{p.title}\n{p.text}" for p in paragraphs()]
    more = "Nà Tông, Pắc Ma, Khe Vai, Mường Pồn, Sín Chải, Huổi Lếch, Tả Phìn, Nà Khoa, Noong Luống".split(
        ", "
    )
    return Names([*texts, *(f"xã {name}." for name in more)])


def sources() -> list[Source]:
    known = names()
    return [Questions(paragraphs(), known, SHORT.titled, times=1), News(documents(), known, SHORT.news)]


def retriever(rows: int) -> Retriever:
    return Retriever(reader(rows).trunk)


def fitted(out: Path, settings: Settings, pause_at: int = 0) -> Retriever:
    """Train to the end; with `pause_at`, say so in a file at the measuring of that number, and stand still."""
    pieces = tokenizer()
    made = retriever(pieces.get_vocab_size())
    texts = paragraphs()
    measurings = 0

    def measure(most: int | None) -> Mapping[str, float]:
        nonlocal measurings
        measurings += 1
        if measurings == pause_at:
            (out / "paused").touch()
            time.sleep(600)
        return finding(made, pieces, texts, most)

    run(made, partial(schedule, sources(), pieces, settings), settings, out, measure, {})
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--pause-at", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    fitted(arguments.out, SHORT, arguments.pause_at)


if __name__ == "__main__":
    main()
