// The administration of the corpus: files dropped onto the page, what was chosen, and how far a rebuild is.
// Without this script the same forms work: the field takes files, and the page is asked for anew.

const form = document.getElementById("pq-upload");
const field = document.getElementById("pq-files");
const zone = document.getElementById("pq-drop");
const chosen = document.getElementById("pq-chosen");
const button = form.querySelector("button");

/** What is wrong with the files chosen, as a sentence; "" where nothing is. */
function trouble(files) {
	const { files: most, bytes, total, tooMany, tooLarge, tooMuch, none } = form.dataset;
	if (files.length === 0) return none;
	if (files.length > Number(most)) return tooMany;
	const large = files.filter((file) => file.size > Number(bytes));
	if (large.length > 0) return tooLarge + large.map((file) => file.name).join(", ");
	return files.reduce((sum, file) => sum + file.size, 0) > Number(total) ? tooMuch : "";
}

function tell() {
	const files = Array.from(field.files);
	const wrong = files.length > 0 ? trouble(files) : "";
	chosen.textContent = wrong || (files.length > 0 ? [form.dataset.chosen, ...files.map((file) => file.name)].join("\n") : "");
	chosen.classList.toggle("pq-error", Boolean(wrong));
	return files.length > 0 && !wrong;
}

// The browser's own words beside a file field are in the browser's language: `chosen` says what was chosen.
zone.classList.add("pq-scripted");
field.classList.add("pq-unseen");
field.labels[0].classList.add("pq-button", "pq-button-quiet");
field.addEventListener("change", tell);
form.addEventListener("submit", (event) => {
	const wrong = trouble(Array.from(field.files));
	if (wrong) {
		event.preventDefault();
		chosen.textContent = wrong;
		chosen.classList.add("pq-error");
		field.focus();
		return;
	}
	chosen.textContent = form.dataset.uploading;
	button.disabled = true;
});
// Back from another page, the browser may show this one as it was left.
window.addEventListener("pageshow", () => {
	button.disabled = false;
	tell();
});

const carriesFiles = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");

// A file that misses the zone must not replace the page.
for (const kind of ["dragover", "drop"]) {
	window.addEventListener(kind, (event) => {
		if (carriesFiles(event)) event.preventDefault();
	});
}
for (const kind of ["dragenter", "dragover"]) {
	zone.addEventListener(kind, (event) => {
		if (!carriesFiles(event)) return;
		event.preventDefault();
		event.dataTransfer.dropEffect = "copy";
		zone.classList.add("pq-over");
	});
}
zone.addEventListener("dragleave", (event) => {
	if (!zone.contains(event.relatedTarget)) zone.classList.remove("pq-over");
});
zone.addEventListener("drop", (event) => {
	zone.classList.remove("pq-over");
	if (!carriesFiles(event) || button.disabled) return;
	event.preventDefault();
	field.files = event.dataTransfer.files;
	if (tell()) form.requestSubmit();
});

// How far a rebuild is. The bar moves all the time; a screen reader is told at the start and at each quarter.
const rebuild = document.getElementById("pq-rebuild");
if (rebuild.dataset.state === "running") {
	const bar = document.getElementById("pq-progress");
	const text = document.getElementById("pq-progress-text");
	const said = document.getElementById("pq-progress-said");
	let quarter = -1;
	const events = new EventSource(rebuild.dataset.progress);
	events.addEventListener("progress", (event) => {
		const now = JSON.parse(event.data);
		text.textContent = now.text;
		if (now.total > 0) bar.value = now.percent;
		const reached = now.total > 0 ? Math.floor(now.percent / 25) : -1;
		if (reached !== quarter || !now.running) said.textContent = now.text;
		quarter = reached;
	});
	events.addEventListener("end", () => {
		events.close();
		// What is pending, what answers and the files' state have changed.
		const page = new URL(`${rebuild.dataset.page}#pq-index-heading`, window.location.href);
		if (page.pathname + page.search !== window.location.pathname + window.location.search) {
			window.location.replace(page);
			return;
		}
		window.history.replaceState(null, "", page);
		window.location.reload();
	});
}
