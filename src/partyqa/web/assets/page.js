// Runs once, as `js_on_load` of the conversation: `element` is its node, `trigger` calls the server.
// Clicks are delegated from the two columns, because Gradio rewrites what is inside them.
const page = document.getElementById("pq-page");
const sources = document.getElementById("pq-sources");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let wanted = null; // the mark to show once the sources of an earlier turn have arrived
let shownTurn = null;
let scrolledTo = "";

document.documentElement.lang = "vi";

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
	const link = event.target.closest(".pq-cite, .pq-back, .pq-example, .pq-edit");
	if (!link) return;
	event.preventDefault();
	const { turn, marker, example } = link.dataset;
	if (link.matches(".pq-example")) {
		trigger("ask_example", { index: Number(example) });
	} else if (link.matches(".pq-edit")) {
		trigger("edit_question", { turn: Number(turn) });
		page.querySelector("#pq-ask textarea")?.focus();
	} else if (link.matches(".pq-back")) {
		showCitation(turn, marker);
	} else if (!showMark(turn, marker)) {
		wanted = { turn, marker };
		trigger("show_sources", { turn: Number(turn) });
	}
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
	const note = element.querySelector(".pq-note");
	if (note) glide(note, "nearest");
}

// Gradio's own notices (connection lost, queue full) are English and not translatable: give them our sentences.
function onNotice() {
	const ours = document.querySelector(".pq-brand")?.dataset;
	if (!ours) return;
	for (const text of document.querySelectorAll(".toast-message-text")) {
		const sentence = /busy|queue/i.test(text.textContent) ? ours.busy : ours.lost;
		if (text.textContent !== ours.busy && text.textContent !== ours.lost) text.textContent = sentence;
	}
	for (const title of document.querySelectorAll(".toast-title")) {
		if (title.textContent !== ours.notice) title.textContent = ours.notice;
	}
}

element.addEventListener("click", onClick);
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
