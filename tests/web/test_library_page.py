"""The administration of the corpus as forms and pages: who may come in, every step, hostile uploads."""

import asyncio
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from payloads import PAYLOADS
from toy import ToyEncoder
from toy_library import (
    ANG,
    BINARIES,
    LAT,
    LEADING_AWAY,
    TE,
    forked,
    load_slow,
    made_library,
    tree,
    wait_for_end,
)

from partyqa.engine import PartyQA
from partyqa.errors import IndexDamagedError
from partyqa.i18n import LANGUAGES, texts
from partyqa.index import generations
from partyqa.index.index import Index
from partyqa.service.auth.person import LOCAL, Person, Role
from partyqa.service.library.library import Library
from partyqa.service.library.uploads import UploadLimits
from partyqa.web import errors
from partyqa.web.middleware.size_limits import BODY, SizeLimits
from partyqa.web.pages import metadata
from partyqa.web.pages.library import router

T = texts("vi")
READER, EDITOR = Person("r", "Hoa", Role.READER), Person("e", "Huệ", Role.EDITOR)
LAN = Person("a", "Lan <b>", Role.ADMINISTRATOR)

Files = Sequence[tuple[str, bytes]]


class Following:
    """The engine of the index as it is; of a damaged one, the last that was whole."""

    def __init__(self, index: Path) -> None:
        self.index, self.last = index, PartyQA.compose(Index.load(index), ToyEncoder())

    @property
    def engine(self) -> PartyQA:
        with suppress(IndexDamagedError):
            if generations.current(self.index) != self.last.generation:
                self.last = PartyQA.compose(Index.load(self.index), ToyEncoder())
        return self.last


class Here:
    """The router on a small application around a library, with what the middleware sets before a route runs."""

    def __init__(
        self, library: Library, person: Person | None = LOCAL, root: str = "", lang: str = "vi"
    ) -> None:
        self.library, self.root = library, root
        app = FastAPI()
        app.state.stopping = False
        app.state.services = SimpleNamespace(library=library, serving=Following(library.index))
        errors.install(app)
        app.include_router(metadata.router)
        app.include_router(router)

        @app.middleware("http")
        async def known(request: Request, go_on: Callable[[Request], Any]) -> Response:
            request.state.person, request.state.lang = person, lang
            answer: Response = await go_on(request)
            return answer

        app.add_middleware(SizeLimits, max_body_size=BODY)
        self.app = app

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, root_path=self.root)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, self.root + path, timeout=60, **more)

        return asyncio.run(send())

    def page(self, path: str = "/corpus") -> str:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def hand_in(self, *files: tuple[str, bytes]) -> httpx.Response:
        return self.ask("POST", "/corpus/files", files=[("files", file) for file in files])

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.ask("POST", f"/corpus/{path}", data=fields)


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    with forked():
        yield


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = made_library(tmp_path)
    yield library
    library.close()


def said(page: str) -> str:
    """The words of a page, its white space single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def assert_harmless(page: str) -> None:
    """No tag and no attribute but those that the templates write: nothing runs, nothing comes from elsewhere."""
    for tag, attributes in Tags(page).found:
        assert tag not in {
            "img",
            "svg",
            "iframe",
            "object",
            "embed",
            "base",
            "style",
            "math",
            "video",
            "body2",
        }
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")]
        for name in ("href", "src", "action", "formaction"):
            target = attributes.get(name, "/")
            assert target.startswith(("/", "#")) and not target.startswith("//"), (tag, name, target)
        if tag == "script":
            assert attributes["src"].startswith("/files/")
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""] * page.count("<script")


# who may come in


def paths() -> list[tuple[str, str]]:
    found = []
    for route in (*metadata.router.routes, *router.routes):
        assert isinstance(route, APIRoute)
        path = route.path.replace("{staged_id}", "0" * 16).replace("{form}", "files")
        found += [(method, path) for method in sorted(route.methods)]
    return found


@pytest.mark.parametrize(("person", "status"), [(READER, 403), (EDITOR, 403), (None, 401)])
def test_every_route_is_closed_to_all_but_administrators(
    library: Library, person: Person | None, status: int
) -> None:
    here, before = Here(library, person), tree(library.corpus)
    assert len(paths()) == 18
    for method, path in paths():
        assert (
            here.ask(
                method, path, files=[("files", ("x.txt", b"abc"))] if method == "POST" else None
            ).status_code
            == status
        ), path
    assert tree(library.corpus) == before and not (library.corpus / ".partyqa").exists()
    assert not library.progress().running


# the whole way, without a script


def test_a_file_goes_the_whole_way_and_back_again(library: Library) -> None:
    here = Here(library, LAN)
    first = generations.current(library.index)
    page = here.page()
    assert T("corpus.nothing_pending") in page and T("corpus.none_staged") in page
    assert "muong-te.txt" in page and "huyện/muong-ang.md" in page and "README" not in page
    assert 'href="/articles/huy%E1%BB%87n/muong-ang"' in page

    head = "title: Mường Lát đổi mới\nsource: Báo Thanh Hóa\npublished: 2019-05-18\nauthor: Tuấn\nurl: https://a.vn/1"
    text = f"---\n{head}\n---\n\n{LAT} {ANG}\n\n{TE}\n\n<!-- <b>hỏi lại</b> -->\n"
    answer = here.hand_in(("Mường Lát.md", text.encode()))
    assert answer.status_code == 200
    assert T("corpus.taken_in", count=1) in answer.text
    (staged,) = library.staged()
    assert staged.by == "Lan <b>" and "Lan &lt;b&gt;" in answer.text

    seen = here.page(f"/corpus/staged/{staged.id}")
    for piece in ("Mường Lát đổi mới", "Báo Thanh Hóa", "18/05/2019", "Tuấn", 'href="https://a.vn/1"'):
        assert piece in seen
    (article,) = [library.preview(staged.id).article]
    (left_out,) = re.findall(r'<details id="pq-dropped">(.*?)</details>', seen, re.S)
    assert T("corpus.dropped", count=1) in left_out and "&lt;b&gt;hỏi lại&lt;/b&gt;" in left_out
    assert T("dropped.comment") in left_out
    shown = [
        html.unescape(text) for text in re.findall(r'<p class="pq-passage-text"[^>]*>(.*?)</p>', seen, re.S)
    ]
    assert shown == [passage.text for passage in library.preview(staged.id).passages] and shown
    assert all(text in article.text for text in shown)

    answer = here.post("accept", ids=staged.id)
    assert (answer.status_code, answer.headers["location"]) == (303, "/corpus?said=accepted")
    page = here.page("/corpus?said=accepted")
    assert T("corpus.said_accepted") in page and T("corpus.state_added") in page
    assert T("corpus.pending", added=1, changed=0, removed=0) in page
    assert (library.corpus / "Mường Lát.md").read_text() == text

    answer = here.post("rebuild")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/corpus?said=rebuilding#pq-index-heading",
    )
    wait_for_end(library)
    done = here.ask("GET", "/corpus/progress").json()
    assert (done["state"], done["articles"], done["running"]) == ("done", 3, False)
    assert done["text"] in here.page() and "3 bài viết" in done["text"]
    second = generations.current(library.index)
    assert second != first and "Mường Lát" in {a.id for a in Index.load(library.index).articles}

    assert "Mường Lát.md" in here.page("/corpus/remove?file=M%C6%B0%E1%BB%9Dng+L%C3%A1t.md")
    asked = Here(library).page("/corpus/remove?article=M%C6%B0%E1%BB%9Dng%20L%C3%A1t")
    assert "Mường Lát đổi mới" in asked  # the title that it answers under
    assert here.post("remove", file="Mường Lát.md").status_code == 303
    page = here.page("/corpus?said=removed")
    assert T("corpus.pending", added=0, changed=0, removed=1) in page and "Mường Lát.md" in page
    (removed,) = library.removed()
    assert here.post("restore", id=removed.id).headers["location"] == "/corpus?said=restored"
    assert (library.corpus / "Mường Lát.md").read_text() == text

    asked = here.page("/corpus/roll-back")
    assert T("corpus.roll_back_gone") in asked and "Mường Lát đổi mới" in asked
    assert generations.current(library.index) == second  # it was only asked
    assert here.post("roll-back").headers["location"] == "/corpus?said=rolled_back#pq-index-heading"
    assert generations.current(library.index) == first
    answer = here.post("roll-back")
    assert answer.status_code == 404 and "không còn giữ bản nào" in said(answer.text)
    assert here.ask("GET", "/corpus/roll-back").status_code == 404


def test_progress_is_streamed_until_the_end(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_slow)
    (library.corpus / "bản.txt").write_text("\n\n".join(f"Bản {n} có chi bộ." for n in range(30)))
    here = Here(library)
    here.post("rebuild")
    running = here.page()
    assert 'http-equiv="refresh"' in running and 'action="/corpus/stop"' in running
    assert 'action="/corpus/rebuild"' not in running and 'href="/corpus/roll-back"' not in running
    busy = here.post("rebuild")
    assert busy.status_code == 409 and "Đang dựng lại chỉ mục" in said(busy.text)
    answer = here.ask("GET", "/corpus/progress/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "no-store" in answer.headers["cache-control"] or "no-cache" in answer.headers["cache-control"]
    events = [
        dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        for block in answer.text.split("\n\n")
        if block and not block.startswith(":")
    ]
    told = [json.loads(event["data"]) for event in events if event["event"] == "progress"]
    assert events[-1]["event"] == "end" and told[-1]["state"] == "done"
    assert all(one["running"] for one in told[:-1]) and len(told) > 2
    counted = [one["done"] for one in told if one["total"]]
    assert counted == sorted(counted)
    (half,) = [one for one in told if one["total"]][:1]
    assert half["text"] == T(
        "corpus.running", done=half["done"], total=half["total"], percent=half["percent"]
    )
    again = here.ask("GET", "/corpus/progress/events")
    assert again.text.count("event: ") == 2  # nothing runs: its state, and the end
    here.app.state.stopping = True  # the server: no open page holds it up
    assert here.ask("GET", "/corpus/progress/events").text == ""


def test_fields_are_asked_for_in_the_preview_and_mended_there_and_later(library: Library) -> None:
    here = Here(library)
    here.hand_in(("Mường Lát.md", f"---\nsource: Báo Thanh Hóa\n---\n\n{LAT}".encode()))
    (staged,) = library.staged()
    assert (
        f"{T('corpus.unknown_fields')} {T('corpus.field_published')}; {T('corpus.field_author')}<"
        in here.page()
    )
    place = f"/corpus/staged/{staged.id}"
    asked = here.page(place)
    unknown = f"{T('corpus.field_published')}; {T('corpus.field_author')}"
    assert T("corpus.mend_unknown", fields=unknown) in asked and 'value="Báo Thanh Hóa"' in asked

    wrong = here.post(f"staged/{staged.id}", title="Một", published="<b>hôm qua")
    assert wrong.status_code == 422 and "&lt;b&gt;hôm qua" in wrong.text and 'value="Một"' in wrong.text
    done = here.post(f"staged/{staged.id}", title="Hai", published="18/5/2019", source="Báo Thanh Hóa")
    assert done.status_code == 303 and done.headers["location"] == f"{place}?said=mended"
    seen = here.page(f"{place}?said=mended")
    assert (
        T("corpus.said_mended_staged") in seen and 'value="18/05/2019"' in seen and "Hai</bdi></h2>" in seen
    )
    assert T("corpus.mend_unknown", fields=T("corpus.field_author")) in seen

    here.post("accept", ids=[staged.id])
    link = urlencode({"file": "Mường Lát.md"})
    assert f'href="/corpus/fields?{link}"' in here.page()
    form = here.page(f"/corpus/fields?{link}")
    assert 'value="Hai"' in form and 'value="18/05/2019"' in form
    done = here.post("fields", file="Mường Lát.md", title="Hai", published="", author="Lò <i>")
    assert done.headers["location"] == "/corpus?said=mended"
    form = here.page(f"/corpus/fields?{link}")
    assert 'value="Lò &lt;i&gt;"' in form and 'name="published" value=""' in form
    assert here.ask("GET", "/corpus/fields?file=..%2Fx.txt").status_code == 404
    assert here.post("fields", file="không có.txt", title="a").status_code == 404


def test_a_rebuild_is_stopped_and_it_is_told(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_slow)
    (library.corpus / "bản.txt").write_text("\n\n".join(f"Bản {n} có chi bộ." for n in range(200)))
    here = Here(library, lang="en")
    here.post("rebuild")
    assert here.post("stop").headers["location"] == "/corpus?said=stopping#pq-index-heading"
    wait_for_end(library)
    assert "stopped as asked" in here.ask("GET", "/corpus/progress").json()["text"]
    assert here.post("stop").headers["location"] == "/corpus#pq-index-heading"  # there is nothing to stop


# what is handed in


def test_no_name_of_an_upload_leaves_its_folder(library: Library) -> None:
    def outside() -> set[Path]:
        return {path for path in library.corpus.parent.rglob("*") if ".partyqa" not in path.parts}

    here, before = Here(library), outside()
    for name in LEADING_AWAY:
        if "\ud800" in name:
            name = name.encode("utf-8", "surrogatepass").decode("latin-1")
        answer = here.hand_in((name, LAT.encode()))
        assert answer.status_code in ((200, 422) if name.strip() else (400, 422)), name
        assert outside() == before, name
        kept = [staged.name for staged in library.staged()]  # of `C:\\x.txt` the form's reader leaves `x.txt`
        assert [one for one in kept if one != Path(one).name or one[0] == "." or "\\" in one] == [], name
        library.discard([staged.id for staged in library.staged()])
        assert_harmless(answer.text)


def test_names_and_contents_that_are_scripts_are_shown_as_letters(library: Library) -> None:
    files = []
    for number, payload in enumerate(PAYLOADS):
        name = f"{payload}.txt"
        safe = re.sub(r'[/\\<>:"|?*\n\r%]', "", payload)[:40].strip(" .") or "x"
        rows = {
            "id": f"{number} {payload}",
            "title": payload,
            "text": f"{payload} {LAT}",
            "source": payload,
            "author": payload,
        }
        files.append((name, LAT.encode()))
        if number < 30:
            files.append(
                (f"{number} {safe}.jsonl", json.dumps({**rows, "url": f"javascript:{payload}"}).encode())
            )
    here = Here(library)
    for start in range(0, len(files), 50):
        answer = here.hand_in(*files[start : start + 50])
        assert answer.status_code in (200, 422), answer.text[:500]
        assert_harmless(answer.text)
    staged = library.staged()
    assert len(staged) >= 30
    for file in staged:
        page = here.page(f"/corpus/staged/{file.id}")
        assert_harmless(page)
        assert html.escape(file.name, quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")
    here.library.accept([file.id for file in staged])
    page = here.page()
    assert_harmless(page)
    for file in library.files():
        links = [
            one["href"]
            for one in Tags(here.page(f"/corpus?{urlencode({'q': file.path})}")).of("a")
            if parse_qs(urlsplit(one["href"]).query).get("file") == [file.path]
        ]
        assert [urlsplit(link).path for link in links][-1] == "/corpus/remove"
        for link in links:
            assert_harmless(here.page(link))


def test_what_a_query_or_a_form_says_is_shown_as_letters(library: Library) -> None:
    here = Here(library)
    for payload in PAYLOADS[:12]:
        answers = [
            here.ask("GET", "/corpus", params={"q": payload, "said": payload, "page": payload}),
            here.ask("GET", "/corpus/remove", params={"file": payload}),
            here.ask("GET", "/corpus/remove", params={"article": payload}),
            here.ask("GET", "/corpus/staged/" + "0" * 16, params={"n": payload[:9]}),
            here.post("accept", ids=payload),
            here.post("discard", ids=payload),
            here.post("remove", file=payload),
            here.post("restore", id=payload),
        ]
        assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 404, 404, 404, 404], payload
        for answer in answers:
            assert_harmless(answer.text)


def test_archives_and_binaries_are_refused_at_the_door(library: Library) -> None:
    answer = Here(library).hand_in(*((f"{kind}.html", data) for kind, data in BINARIES.items()))
    assert answer.status_code == 422 and library.staged() == ()
    assert [kind for kind in BINARIES if f"{kind}.html" not in said(answer.text)] == []


def test_too_many_too_large_and_none_are_told(tmp_path: Path) -> None:
    library = made_library(tmp_path, limits=UploadLimits(file_bytes=1000, files=3))
    here = Here(library)
    four = here.hand_in(*[(f"{n}.txt", LAT.encode()) for n in range(4)])
    assert four.status_code == 400 and T("corpus.bad_form", files=3) in four.text
    large = here.hand_in(("lớn.txt", b"a " * 600), ("lát.txt", LAT.encode()))
    assert large.status_code == 200 and "lớn hơn 0,001 MB" in said(large.text)
    assert [file.name for file in library.staged()] == ["lát.txt"]
    with_files = UploadLimits.request_bytes + 64 * 1024
    for form, most in (("files", with_files), ("accept", BODY)):
        for size, status in ((most, 400), (most + 1, 413)):
            head = {"content-length": str(size), "content-type": "multipart/form-data; boundary=y"}
            assert here.ask("POST", f"/corpus/{form}", content=b"--x", headers=head).status_code == status
    for nothing in (here.ask("POST", "/corpus/files", data={"a": "b"}), here.hand_in(("", b""))):
        assert nothing.status_code == 422 and T("corpus.none_chosen") in nothing.text
    broken = here.ask(
        "POST",
        "/corpus/files",
        content=b"--x\r\n\r\n",
        headers={"content-type": "multipart/form-data; boundary=y"},
    )
    assert broken.status_code in (400, 422)
    assert [file.name for file in library.staged()] == ["lát.txt"]


def test_a_file_of_the_same_name_needs_the_box_for_it(library: Library) -> None:
    here = Here(library)
    page = here.hand_in(("muong-te.txt", LAT.encode())).text
    (staged,) = library.staged()
    assert T("corpus.replaces", path="muong-te.txt") in page
    boxes = [one for one in Tags(page).of("input") if one.get("type") == "checkbox"]
    assert [(one["name"], "checked" in one) for one in boxes] == [("ids", False), ("replace", False)]
    refused = here.post("accept", ids=staged.id)
    assert refused.status_code == 422 and "Thay tệp cũ" in said(refused.text)
    assert (library.corpus / "muong-te.txt").read_text() == TE
    assert here.post("accept", ids=staged.id, replace="yes").status_code == 303
    assert (library.corpus / "muong-te.txt").read_text() == LAT
    assert [entry.path for entry in library.removed()] == ["muong-te.txt"]


def test_several_files_are_chosen_at_once_and_none_is_said(library: Library) -> None:
    here = Here(library)
    here.hand_in(("a.txt", LAT.encode()), ("b.txt", ANG.encode()), ("c.txt", TE.encode()))
    a, b, c = library.staged()
    for path in ("accept", "discard"):
        nothing = here.post(path)
        assert nothing.status_code == 422 and T("corpus.none_selected") in nothing.text
    assert here.post("discard", ids=[c.id]).headers["location"] == "/corpus?said=discarded"
    assert here.post("accept", ids=[a.id, b.id]).status_code == 303
    assert library.staged() == () and {"a.txt", "b.txt"} <= set(tree(library.corpus))
    assert "c.txt" not in tree(library.corpus)


# how it is shown


def test_many_files_have_pages_and_are_found_by_their_names(library: Library) -> None:
    for number in range(120):
        (library.corpus / f"Chi bộ {number:03}.txt").write_text(LAT)
    here = Here(library)

    def listed(path: str) -> list[str]:
        links = [urlsplit(one["href"]) for one in Tags(here.page(path)).of("a")]
        return [parse_qs(link.query)["file"][0] for link in links if link.path == "/corpus/remove"]

    pages = [listed(f"/corpus?page={n}") for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 22]
    assert [path for page in pages for path in page] == [file.path for file in library.files()]
    assert listed("/corpus?page=99") == pages[2] and listed("/corpus?page=x") == pages[0]
    assert listed("/corpus?q=chi+bo+11") == [f"Chi bộ {n:03}.txt" for n in (11, *range(110, 120))]
    assert T("corpus.none_found") in here.page("/corpus?q=không+có")


def test_every_passage_of_a_long_article_is_on_one_of_its_pages(library: Library) -> None:
    lines = "\n\n".join(f"Bản {n} có chi bộ riêng, kết nạp {n} đảng viên trong năm." for n in range(1300))
    here, staged = Here(library), library.stage("bản.txt", lines.encode())
    passages = library.preview(staged.id).passages
    pages = [here.page(f"/corpus/staged/{staged.id}?page={n}") for n in (1, 2, 3)]
    shown = [re.findall(r'<p class="pq-passage-text"[^>]*>(.*?)</p>', page, re.S) for page in pages]
    assert [text for page in shown for text in page] == [passage.text for passage in passages]
    assert [len(page) for page in shown] == [100, 100, len(passages) - 200]
    assert "Đoạn 100 câu" in said(pages[0]) and "Đoạn 101 câu" in said(pages[1])
    sentences = {(one.start, one.end) for passage in passages for one in passage.sentences}
    assert len(sentences) == 1299 and "–1.299 Bản" in said(pages[2])  # the first line is the title


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_in_both_languages_and_below_a_root(library: Library, lang: str) -> None:
    (library.corpus / "hỏng.jsonl").write_text("{")
    here = Here(library, LAN, root="/hoi-dap", lang=lang)
    here.hand_in(("lát.txt", LAT.encode()), ("muong-te.txt", LAT.encode()), ("x.pdf", b""))
    library.rebuild()
    wait_for_end(library)
    (library.corpus / "hỏng.jsonl").unlink()
    library.accept([library.staged()[0].id])
    library.rebuild()
    wait_for_end(library)
    library.remove("lát")
    staged = library.staged()[0]
    pages = [
        here.page(path)
        for path in (
            "/corpus",
            f"/corpus/staged/{staged.id}",
            "/corpus/remove?file=muong-te.txt",
            "/corpus/roll-back",
        )
    ]
    for page in pages:
        assert f'<html lang="{lang}">' in page and "corpus." not in said(page).replace("corpus.", "", 0)
        for tag, attributes in Tags(page).found:
            for name in ("href", "src", "action", "formaction", "data-progress", "data-page"):
                if name in attributes and not attributes[name].startswith("#"):
                    assert attributes[name].startswith("/hoi-dap/"), (tag, attributes)
    assert here.post("discard", ids=staged.id).headers["location"].startswith("/hoi-dap/corpus?")


def test_the_address_of_a_form_leads_back_to_the_page(library: Library) -> None:
    here = Here(library)
    for form in ("files", "accept", "discard", "restore", "rebuild", "stop"):
        answer = here.ask("GET", f"/corpus/{form}?lang=en")
        assert (answer.status_code, answer.headers["location"]) == (303, "/corpus")
    assert here.ask("GET", "/corpus/other").status_code == 404


def test_a_damaged_index_is_said_and_the_files_are_there(library: Library) -> None:
    here = Here(library)
    (library.index / "CURRENT").write_text("../../etc\n")
    page = here.page()
    assert "bị hỏng" in said(page) and "muong-te.txt" in page
    assert here.post("roll-back").status_code == 503
    library.rebuild()
    wait_for_end(library)
    assert "bị hỏng" not in said(here.page())
