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
	if (field.files.length > 0 || !told) tell();
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
	const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
	if (entries.some((entry) => entry.isDirectory)) {
		sendFolder(entries);
		return;
	}
	field.files = event.dataTransfer.files;
	if (tell()) form.requestSubmit();
});

// A whole folder: more files than one request may have go in several, and what was refused is told at the end.
const folder = document.getElementById("pq-folder");
const TOLD = "pq-folder-told";
for (const element of [folder, folder.labels[0]]) element.hidden = false;
folder.addEventListener("change", () => send(Array.from(folder.files, (file) => [file.webkitRelativePath, file])));

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** All [path, file] below the entries of a drop. */
async function filesBelow(entries) {
	const found = [];
	for (const entry of entries) {
		if (entry.isFile) {
			found.push([entry.fullPath.slice(1), await new Promise((done, fail) => entry.file(done, fail))]);
			continue;
		}
		const reader = entry.createReader();
		for (;;) {
			const some = await new Promise((done, fail) => reader.readEntries(done, fail)); // a hundred at a time
			if (some.length === 0) break;
			found.push(...(await filesBelow(some)));
		}
	}
	return found;
}

/** The files under plain names, of two alike each with its folders: "xã A - báo cáo.docx". */
function named(paths) {
	const counts = new Map();
	const parts = paths.map(([path, file]) => [path.split("/").slice(path.includes("/") ? 1 : 0), file]);
	const visible = parts.filter(([names]) => !names.some((name) => name.startsWith(".")));
	const plain = (names) => names[names.length - 1].toLowerCase();
	for (const [names] of visible) counts.set(plain(names), (counts.get(plain(names)) ?? 0) + 1);
	return visible.map(([names, file]) => new File([file], counts.get(plain(names)) > 1 ? names.join(" - ") : names[names.length - 1]));
}

/** Cut files into requests that the server takes; what no request may hold is left to the server's own sentence. */
function requests(files) {
	const { files: most, total } = form.dataset;
	const cut = [];
	let bytes = Infinity;
	for (const file of files) {
		if (bytes + file.size > Number(total) || cut[cut.length - 1].length >= Number(most)) {
			cut.push([]);
			bytes = 0;
		}
		cut[cut.length - 1].push(file);
		bytes += file.size;
	}
	return cut;
}

async function sendFolder(entries) {
	button.disabled = true;
	try {
		await send(await filesBelow(entries));
	} catch {
		chosen.textContent = form.dataset.failed;
		chosen.classList.add("pq-error");
		button.disabled = false;
	}
}

async function send(paths) {
	const files = named(paths);
	if (files.length === 0) {
		chosen.textContent = form.dataset.none;
		return;
	}
	button.disabled = true;
	const large = files.filter((file) => file.size > Number(form.dataset.bytes));
	const refused = large.map((file) => form.dataset.tooLarge + file.name);
	let taken = 0;
	let done = large.length;
	for (const some of requests(files.filter((file) => !large.includes(file)))) {
		chosen.textContent = fill(form.dataset.sending, { done, total: files.length });
		const body = new FormData();
		for (const file of some) body.append("files", file, file.name);
		try {
			const answer = await fetch(form.action, { method: "POST", body });
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const own = page.getElementById("pq-upload");
			if (!own) throw new Error(String(answer.status));
			taken += Number(own.dataset.taken);
			refused.push(...Array.from(page.querySelectorAll("#pq-refused li"), (line) => line.textContent.trim()));
		} catch {
			refused.push(form.dataset.failed);
			break;
		}
		done += some.length;
	}
	const said = fill(form.dataset.sent, { taken, refused: refused.length });
	window.sessionStorage.setItem(TOLD, [said, ...refused].join("\n"));
	window.location.assign(form.dataset.page);
}

const told = window.sessionStorage.getItem(TOLD);
if (told) {
	window.sessionStorage.removeItem(TOLD);
	chosen.textContent = told;
}

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
