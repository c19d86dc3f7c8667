// Runs once, as `js_on_load` of the conversation: `element` is its node, `trigger` calls the server.
// Clicks are delegated from the two columns, because Gradio rewrites what is inside them.
const page = document.getElementById("pq-page");
const sources = document.getElementById("pq-sources");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let wanted = null; // the mark to show once the sources of an earlier turn have arrived
let shownTurn = null;
let turnCount = 0;

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
	const link = event.target.closest(".pq-cite, .pq-back, .pq-example");
	if (!link) return;
	event.preventDefault();
	const { turn, marker, example } = link.dataset;
	if (link.matches(".pq-example")) {
		trigger("ask_example", { index: Number(example) });
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
	if (turns.length > turnCount) glide(turns[turns.length - 1], "start");
	turnCount = turns.length;
	const note = element.querySelector(".pq-note");
	if (note) glide(note, "nearest");
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
onSources();
