"""The reader in every runtime that pip installs, on the same inputs: `python -m training.compare_runtimes`.

Each runtime is a process of its own with as many threads as there are cores. `ms` is the median of the wall clock;
`cpu` the processor time of all threads, which other work on the machine moves less; `first` that of the first batch
of a shape. Differences are against PyTorch in float32, over the logits of real tokens.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CORPUS = Path(__file__).parents[1] / "corpus"
QUESTION = "Huyện có bao nhiêu đảng viên vào cuối năm 2015?"
SETS: Mapping[str, tuple[int, int]] = {"10 x 220": (10, 220), "16 x 60": (16, 60)}
PAD = 1
_GRAPHS = {"fp32": "fp32.onnx", "int8": "int8.onnx", "dynamic": "dynamic.onnx"}

Array = NDArray[np.float32]
Run = Callable[[NDArray[np.int64]], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """How a runtime is loaded from the folder of prepared models, which packages it needs, which file it reads."""

    load: Callable[[Path], Run]
    packages: tuple[str, ...]
    file: str


def main() -> None:
    """Read the arguments; prepare the models and compare, or, in a child process, measure one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vocabulary", type=Path, help="what training.vocabulary wrote")
    parser.add_argument("--checkpoint", type=Path, help="without it, heads of random numbers")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=list(RUNTIMES))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where prepared models lie or are to lie")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.folder, arguments.one, arguments.repeat)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        if not (folder / "inputs.npz").exists():
            prepare(folder, arguments.checkpoint, arguments.vocabulary)
        compare(folder, arguments.only, arguments.repeat)


def compare(folder: Path, names: Sequence[str], repeat: int) -> None:
    """Print a row of the table for each runtime."""
    heads = [f"{name}: ms / cpu / first" for name in SETS]
    head = ["runtime", *heads, "max diff", "cosine", "import s", "load s", "MB RAM", "MB file", "MB packages"]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|", flush=True)
    for name in names:
        command = [sys.executable, "-m", "training.compare_runtimes", "--one", name, "--folder", str(folder)]
        quiet = os.environ | {"OMP_WAIT_POLICY": "passive"}  # as partyqa sets it
        done = subprocess.run([*command, "--repeat", str(repeat)], capture_output=True, text=True, env=quiet)
        if done.returncode:
            print(f"| {name} | failed: {done.stderr.strip().splitlines()[-1]} |", flush=True)
            continue
        print(_line(name, json.loads(done.stdout.splitlines()[-1])), flush=True)


def prepare(folder: Path, checkpoint: Path | None, vocabulary: Path) -> None:
    """Write the inputs, the models in each form and the logits of PyTorch in float32."""
    import onnx
    import torch
    from onnxruntime.quantization import quantize_dynamic
    from safetensors.torch import save_file

    from training.export import read_checkpoint
    from training.export_folder import read_vocabulary, trimmed
    from training.graph import reader_graph

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer, rows = read_vocabulary(vocabulary)
    reader = read_checkpoint(checkpoint)
    reader.trunk.set_attn_implementation("eager")
    tensors, config = trimmed(reader, rows), reader.trunk.config
    for form in ("fp32", "int8"):
        onnx.save(reader_graph(tensors, config, int8=form == "int8"), folder / _GRAPHS[form])
    quantize_dynamic(folder / _GRAPHS["fp32"], folder / _GRAPHS["dynamic"], per_channel=True)
    reader.trunk.embeddings.word_embeddings.weight.data = reader.trunk.embeddings.word_embeddings.weight[
        rows
    ].clone()
    save_file(dict(reader.state_dict()), folder / "torch.safetensors")
    (folder / "config.json").write_text(json.dumps(config.to_dict() | {"vocab_size": len(rows)}), "utf-8")
    words = tokenizer.encode(" ".join(path.read_text("utf-8") for path in sorted(CORPUS.glob("*.md"))))
    question = tokenizer.encode(QUESTION, add_special_tokens=False).ids
    arrays: dict[str, Any] = {
        name: _inputs(question, words.ids[1:-1], *shape) for name, shape in SETS.items()
    }
    with torch.inference_mode():
        for name, ids in list(arrays.items()):
            span, says = reader(torch.from_numpy(ids))
            arrays |= {f"{name} span": span.numpy(), f"{name} says": says.numpy()}
    np.savez(folder / "inputs.npz", allow_pickle=False, **arrays)


def measure(folder: Path, name: str, repeat: int) -> dict[str, Any]:
    """Return what one runtime takes and gives."""
    runtime = RUNTIMES[name]
    inputs = np.load(folder / "inputs.npz")
    started = time.perf_counter()
    for package in runtime.packages:
        __import__(package)
    imported = time.perf_counter()
    run = runtime.load(folder)
    loaded = time.perf_counter()
    found: dict[str, Any] = {"import": imported - started, "load": loaded - imported, "sets": {}}
    got: list[Array] = []
    want: list[Array] = []
    for number, title in enumerate(SETS):
        ids = inputs[title]
        before = time.process_time()
        span, says = run(ids)
        first = time.process_time() - before
        times = [_timed(run, ids) for _ in range(repeat)]
        walls, processors = ([one[at] for one in times] for at in (0, 1))
        found["sets"][title] = [1000 * one for one in (statistics.median(walls), min(processors), first)]
        real = np.broadcast_to((ids != PAD)[:, None, :], span.shape)
        got += [span[real], says.ravel()]
        want += [inputs[f"{title} span"][real], inputs[f"{title} says"].ravel()]
        if number == 0:
            found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    a, b = np.concatenate(got), np.concatenate(want)
    found["difference"] = float(np.abs(a - b).max())
    found["cosine"] = float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    found["file"] = (folder / runtime.file).stat().st_size / 1e6
    found["packages"] = sum(_installed(package) for package in runtime.packages) / 1e6
    return found


def _inputs(question: Sequence[int], words: Sequence[int], count: int, length: int) -> NDArray[np.int64]:
    """Return (count, length) ids: the question with windows of the corpus, every third ten tokens shorter."""
    ids = np.full((count, length), PAD, dtype=np.int64)
    at = 0
    for row in range(count):
        room = length - len(question) - 4 - (10 if row % 3 == 2 else 0)
        made = [0, *question, 2, 2, *words[at : at + room], 2]
        ids[row, : len(made)] = made
        at += room
    return ids


def _timed(run: Run, ids: NDArray[np.int64]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    run(ids)
    return time.perf_counter() - wall, time.process_time() - processor


def _installed(package: str) -> int:
    """Return the bytes of a package's own files, not those of what it depends on."""
    files = (Path(str(file.locate())) for file in metadata.files(package) or ())
    return sum(file.stat().st_size for file in files if file.exists())


def _line(name: str, found: Mapping[str, Any]) -> str:
    sets = [" / ".join(f"{one:.0f}" for one in found["sets"][title]) for title in SETS]
    cells = [
        f"{found['difference']:.4f}",
        f"{found['cosine']:.6f}",
        f"{found['import']:.2f}",
        f"{found['load']:.2f}",
    ]
    sizes = [f"{found[key]:.0f}" for key in ("memory", "file", "packages")]
    return "| " + " | ".join([name, *sets, *cells, *sizes]) + " |"


def _torch(precision: str) -> Callable[[Path], Run]:
    def load(folder: Path) -> Run:
        import torch
        from safetensors.torch import load_file
        from transformers import BertConfig, BertModel

        from training.network import Reader

        torch.set_num_threads(os.cpu_count() or 1)
        config = BertConfig(**json.loads((folder / "config.json").read_text("utf-8")))
        reader = Reader(BertModel(config, add_pooling_layer=False)).eval()
        reader.trunk.set_attn_implementation("eager")  # the fused kernel is slower on a CPU without AMX
        reader.load_state_dict(load_file(folder / "torch.safetensors"))
        if precision == "int8":
            reader = torch.ao.quantization.quantize_dynamic(reader, {torch.nn.Linear}, dtype=torch.qint8)  # type: ignore[no-untyped-call]

        def run(ids: NDArray[np.int64]) -> tuple[Array, Array]:
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                span, says = reader(torch.from_numpy(ids))
            return span.numpy(), says.numpy()

        return run

    return load


def _onnxruntime(file: str) -> Callable[[Path], Run]:
    def load(folder: Path) -> Run:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(folder / file, options, providers=["CPUExecutionProvider"])
        return lambda ids: tuple(session.run(["span", "says"], {"ids": ids}))

    return load


def _openvino(file: str, precision: str, **more: object) -> Callable[[Path], Run]:
    def load(folder: Path) -> Run:
        import openvino

        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": os.cpu_count() or 1,
            "NUM_STREAMS": 1,
        }
        model = openvino.Core().compile_model(folder / file, "CPU", settings | more)
        request = model.create_infer_request()

        def run(ids: NDArray[np.int64]) -> tuple[Array, Array]:
            request.infer({0: ids})
            return request.get_tensor("span").data.copy(), request.get_tensor("says").data.copy()

        return run

    return load


def _shipped(folder: Path) -> Run:
    """As partyqa.reader_model.runtime runs it: a core a batch, small batches."""
    from partyqa.models.span_reader import ReaderGraph

    beside = folder / "shipped"
    beside.mkdir(exist_ok=True)
    if not (beside / "reader.onnx").exists():
        (beside / "reader.onnx").hardlink_to(folder / _GRAPHS["int8"])
    graph = ReaderGraph(beside, PAD)

    def run(ids: NDArray[np.int64]) -> tuple[Array, Array]:
        found = graph.logits([row[row != PAD].astype(np.int32) for row in ids])
        span = np.zeros((len(ids), 2, ids.shape[1]), dtype=np.float32)
        for number, (one, _) in enumerate(found):
            span[number, :, : one.shape[1]] = one
        return span, np.stack([says for _, says in found])

    return run


_TORCH = ("torch", "transformers")
RUNTIMES: Mapping[str, Runtime] = {
    "PyTorch fp32": Runtime(_torch("fp32"), _TORCH, "torch.safetensors"),
    "PyTorch bf16 autocast": Runtime(_torch("bf16"), _TORCH, "torch.safetensors"),
    "PyTorch int8 dynamic": Runtime(_torch("int8"), _TORCH, "torch.safetensors"),
    "ONNX Runtime fp32": Runtime(_onnxruntime("fp32.onnx"), ("onnxruntime",), "fp32.onnx"),
    "ONNX Runtime int8 dynamic": Runtime(_onnxruntime("dynamic.onnx"), ("onnxruntime",), "dynamic.onnx"),
    "OpenVINO fp32": Runtime(_openvino("fp32.onnx", "f32"), ("openvino",), "fp32.onnx"),
    "OpenVINO bf16": Runtime(_openvino("fp32.onnx", "bf16"), ("openvino",), "fp32.onnx"),
    "OpenVINO bf16, int8 weights": Runtime(_openvino("int8.onnx", "bf16"), ("openvino",), "int8.onnx"),
    "OpenVINO bf16, int8 weights, activations in groups": Runtime(
        _openvino("int8.onnx", "bf16", DYNAMIC_QUANTIZATION_GROUP_SIZE=128), ("openvino",), "int8.onnx"
    ),
    "OpenVINO bf16, int8 weights, a core a batch (shipped)": Runtime(_shipped, ("openvino",), "int8.onnx"),
}


if __name__ == "__main__":
    main()
