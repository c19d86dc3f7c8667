// Runs once, as `js_on_load` of the conversation: `element` is its node, `trigger` calls the server.
// Clicks are delegated from the two columns, because Gradio rewrites what is inside them.
const page = document.getElementById("pq-page");
const sources = document.getElementById("pq-sources");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let wanted = null; // the mark to show once the sources of an earlier turn have arrived
let shownTurn = null;
let scrolledTo = "";

document.documentElement.lang = "{{lang}}";

function glide(node, block) {
	node.scrollIntoView({ block, inline: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function flash(node) {
	for (const other of page.querySelectorAll(".pq-flash")) other.classList.remove("pq-flash");
	void node.offsetWidth; // restarts the animation when the same mark is chosen twice
	node.classList.add("pq-flash");
}

function showMark(turn, marker) {
	const mark = document.getElementById(`m${turn}-${marker}`);
	if (!mark) return false;
	glide(mark, "center");
	flash(mark);
	mark.querySelector(".pq-back")?.focus({ preventScroll: true });
	return true;
}

function showCitation(turn, marker) {
	const cite = document.getElementById(`c${turn}-${marker}`);
	if (!cite) return;
	glide(cite, "center");
	flash(cite.closest(".pq-quote"));
	cite.focus({ preventScroll: true });
}

function scrollTextsToFirstMark() {
	for (const text of sources.querySelectorAll(".pq-text")) {
		const mark = text.querySelector("mark");
		if (mark) text.scrollTop = mark.offsetTop - text.clientHeight / 4;
	}
}

function onClick(event) {
	const link = event.target.closest(".pq-cite, .pq-back, .pq-example, .pq-edit, .pq-verdict, .pq-copy");
	if (!link) return;
	event.preventDefault();
	const { turn, marker, example, verdict } = link.dataset;
	if (link.matches(".pq-example")) {
		showLooking(link.textContent);
		trigger("ask_example", { index: Number(example) });
	} else if (link.matches(".pq-edit")) {
		trigger("edit_question", { turn: Number(turn) });
		page.querySelector("#pq-ask textarea")?.focus();
	} else if (link.matches(".pq-verdict")) {
		trigger("judge", { turn: Number(turn), verdict, word: "" });
	} else if (link.matches(".pq-copy")) {
		copyAnswer(link);
	} else if (link.matches(".pq-back")) {
		showCitation(turn, marker);
	} else if (!showMark(turn, marker)) {
		wanted = { turn, marker };
		trigger("show_sources", { turn: Number(turn) });
	}
}

// The question is seen to be looked for at once, before the server has heard of it.
function showLooking(question) {
	const log = element.querySelector(".pq-log");
	const looking = document.getElementById("pq-looking")?.content.cloneNode(true);
	if (!log || !looking || !question.trim()) return;
	looking.querySelector("[lang]").textContent = question.trim();
	log.querySelector(".pq-welcome")?.remove();
	log.append(looking);
}

// Outside of https and of this machine a browser has no clipboard for pages; the old way still works there.
async function copyAnswer(button) {
	const got = await fetch(button.dataset.href, { credentials: "same-origin" });
	if (!got.ok) return;
	const text = await got.text();
	if (navigator.clipboard && window.isSecureContext) {
		await navigator.clipboard.writeText(text);
	} else {
		const area = document.createElement("textarea");
		area.value = text;
		area.className = "pq-unseen";
		document.body.append(area);
		area.select();
		document.execCommand("copy");
		area.remove();
		button.focus();
	}
	button.textContent = button.dataset.done;
}

function onSubmit(event) {
	const form = event.target;
	if (form.matches(".pq-word")) {
		event.preventDefault();
		const { turn, verdict } = form.dataset;
		trigger("judge", { turn: Number(turn), verdict, word: form.elements.word.value });
	} else if (form.matches(".pq-history-search")) {
		event.preventDefault();
		trigger("list_history", { query: form.elements.query.value });
	} else if (form.matches(".pq-rename-form")) {
		event.preventDefault();
		trigger("rename_kept", { key: form.dataset.key, title: form.elements.title.value });
	} else if (form.matches(".pq-filter-form")) {
		event.preventDefault();
	}
}

// The address holds the filters and the conversation, so that both can be shared and come back on reload.
function address(changes) {
	const here = new URL(window.location.href);
	for (const [name, values] of Object.entries(changes)) {
		here.searchParams.delete(name);
		for (const value of values) here.searchParams.append(name, value);
	}
	window.history.replaceState(null, "", here);
	const lang = document.getElementById("pq-lang");
	if (lang) lang.search = here.search;
}

function chosen() {
	const form = page.querySelector(".pq-filter-form");
	const values = (name) => [...(form?.querySelectorAll(`[name="${name}"]:checked`) ?? [])].map((box) => box.value);
	return { place: values("place"), source: values("source"), year: values("year") };
}

function narrow(filters) {
	keepFilterOpen = true;
	address(filters);
	trigger("narrow", filters);
}

let keepFilterOpen = false;

function onFilters() {
	const fold = filters.querySelector(".pq-filter");
	if (fold && keepFilterOpen) fold.open = true;
}

function setDrawer(open) {
	page.classList.toggle("pq-drawer", open);
	document.getElementById("pq-history-open")?.setAttribute("aria-expanded", String(open));
	if (open) trigger("list_history", { query: "" });
	else document.getElementById("pq-history-open")?.focus();
}

// Deleting takes two clicks on the same button: the first one turns it into a question.
function surely(button) {
	if (button.dataset.asked) return true;
	button.dataset.asked = "1";
	button.textContent = button.dataset.sure;
	button.removeAttribute("aria-label");
	return false;
}

function onSide(event) {
	const button = event.target.closest("button");
	if (!button) return;
	if (button.id === "pq-history-close") setDrawer(false);
	else if (button.matches(".pq-open")) {
		shownTurn = null;
		trigger("open_kept", { key: button.dataset.key });
		setDrawer(false);
	} else if (button.matches(".pq-rename")) {
		const form = button.closest("li").querySelector(".pq-rename-form");
		form.hidden = !form.hidden;
		if (!form.hidden) form.elements.title.select();
	} else if (button.matches(".pq-delete") && surely(button)) {
		trigger("delete_kept", { key: button.dataset.key });
	} else if (button.matches(".pq-delete-all") && surely(button)) {
		trigger("delete_kept", { key: "*" });
	}
}

function onHead(event) {
	if (event.target.closest("#pq-history-open")) setDrawer(!page.classList.contains("pq-drawer"));
}

function onSources() {
	const panel = sources.querySelector(".pq-sources");
	if (!panel || panel.dataset.turn === shownTurn) return;
	shownTurn = panel.dataset.turn;
	sources.scrollTop = 0;
	scrollTextsToFirstMark();
	if (wanted && wanted.turn === shownTurn) showMark(wanted.turn, wanted.marker);
	wanted = null;
}

function onConversation() {
	const turns = element.querySelectorAll(".pq-turn");
	const last = turns[turns.length - 1];
	// A turn is scrolled to when it is asked, and again when its answer has given it its height.
	const state = last ? `${turns.length} ${last.id}` : "";
	if (last && state !== scrolledTo) glide(last, "start");
	scrolledTo = state;
	const log = element.querySelector(".pq-log");
	if (log && turns.length && log.dataset.conversation) address({ c: [log.dataset.conversation] });
	const note = element.querySelector(".pq-note");
	if (note) glide(note, "nearest");
}

// Gradio's own notices (connection lost, queue full) are English and not translatable: give them our sentences.
function onNotice() {
	const ours = document.querySelector(".pq-brand")?.dataset;
	if (!ours) return;
	for (const text of document.querySelectorAll(".toast-message-text")) {
		if ([ours.busy, ours.lost].includes(text.textContent) || /[^\x00-\x7f]/.test(text.textContent)) continue; // ours already
		text.textContent = /busy|queue|too many/i.test(text.textContent) ? ours.busy : ours.lost;
	}
	for (const title of document.querySelectorAll(".toast-title")) {
		if (title.textContent !== ours.notice) title.textContent = ours.notice;
	}
}

const head = document.getElementById("pq-head");
const side = document.getElementById("pq-side");
const filters = document.getElementById("pq-filters");
element.addEventListener("click", onClick);
element.addEventListener("submit", onSubmit);
side.addEventListener("click", onSide);
side.addEventListener("submit", onSubmit);
head.addEventListener("click", onHead);
filters.addEventListener("change", () => narrow(chosen()));
filters.addEventListener("click", (event) => {
	if (event.target.closest(".pq-unfilter")) narrow({ place: [], source: [], year: [] });
});
page.addEventListener("keydown", (event) => {
	if (event.key === "Escape" && page.classList.contains("pq-drawer")) setDrawer(false);
	if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("#pq-ask textarea"))
		showLooking(event.target.value);
});
page.addEventListener("click", (event) => {
	if (event.target.closest("#pq-ask button")) showLooking(page.querySelector("#pq-ask textarea").value);
	if (event.target.closest("#pq-clear")) address({ c: [] });
});
new MutationObserver(onFilters).observe(filters, { childList: true, subtree: true });
sources.addEventListener("click", onClick);
new MutationObserver(onConversation).observe(element, { childList: true, subtree: true });
new MutationObserver(onSources).observe(sources, {
	childList: true,
	subtree: true,
	attributes: true,
	attributeFilter: ["data-turn"],
});
new MutationObserver(onNotice).observe(document.body, { childList: true, subtree: true });
onSources();

const asked = new URLSearchParams(window.location.search);
trigger("arrive", {
	c: asked.get("c") ?? "",
	place: asked.getAll("place"),
	source: asked.getAll("source"),
	year: asked.getAll("year"),
});
