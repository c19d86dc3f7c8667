// An article opened at a sentence: `#START-END:DIGEST` in the address marks that span, if the same words stand there.
// START and END count code points of the article, as every `data-start` does; a string here counts UTF-16 units.
import { digest } from "./digest.js";
import { showPage } from "./original.js";

const text = document.getElementById("pq-text");
const changed = document.getElementById("pq-changed");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

/** The span that the address names, or null: {start, end, digest}, the digest null where it has none. */
function wanted() {
	let fragment = window.location.hash.slice(1);
	try {
		fragment = decodeURIComponent(fragment);
	} catch {
		return null; // a stray % names no span
	}
	const found = /^(\d{1,9})-(\d{1,9})(?::([0-9a-f]{8}))?$/i.exec(fragment);
	return found && { start: Number(found[1]), end: Number(found[2]), digest: found[3]?.toLowerCase() ?? null };
}

function unmark() {
	for (const mark of text.querySelectorAll("mark")) {
		const line = mark.parentNode;
		mark.replaceWith(...mark.childNodes);
		line.normalize();
	}
	changed.hidden = true;
}

/** The words of a span, or null where it is empty or ends beyond the article. */
function words({ start, end }) {
	const letters = Array.from(text.textContent);
	return start < end && end <= letters.length ? letters.slice(start, end).join("") : null;
}

/** Mark the part of each line that lies in the span; return the first mark. */
function mark({ start, end }) {
	for (const line of text.querySelectorAll("p[data-start]")) {
		const letters = Array.from(line.textContent);
		const from = Math.max(0, start - Number(line.dataset.start));
		const to = Math.min(letters.length, end - Number(line.dataset.start));
		if (from >= to) continue;
		const marked = document.createElement("mark");
		marked.textContent = letters.slice(from, to).join("");
		line.replaceChildren(letters.slice(0, from).join(""), marked, letters.slice(to).join(""));
	}
	return text.querySelector("mark");
}

function lead(node, block) {
	node.tabIndex = -1;
	node.focus({ preventScroll: true });
	node.scrollIntoView({ block, inline: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function open() {
	const span = wanted();
	if (!span) return; // another fragment, such as the skip link's: what is marked stays
	unmark();
	const found = words(span);
	if (found === null || (span.digest !== null && digest(found) !== span.digest)) {
		changed.hidden = false;
		lead(changed, "center");
		return;
	}
	const first = mark(span);
	first.setAttribute("aria-description", text.dataset.marked);
	first.classList.add("pq-flash");
	const page = first.parentNode.dataset.page;
	if (page) showPage(Number(page), span);
	lead(first, "center");
}

window.addEventListener("hashchange", open);
open();
