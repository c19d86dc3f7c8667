// The ground of every page, light or dark: what the reader chose on any of them, else what the system says. Our own
// pages run this in the head, before anything is painted; the chat page runs it before page.js.
{
	const KEY = "partyqa-theme";
	const root = document.documentElement;
	const system = window.matchMedia("(prefers-color-scheme: dark)");
	let chosen = null;
	try {
		chosen = window.localStorage.getItem(KEY);
	} catch {
		// storage is closed to us: nothing was kept
	}
	const isDark = () => chosen === "dark" || (chosen !== "light" && system.matches);

	const apply = () => {
		const dark = isDark();
		root.dataset.theme = dark ? "dark" : "light";
		for (const node of [root, document.body]) node?.classList.toggle("dark", dark); // Gradio's own sign
		const button = document.getElementById("pq-theme");
		if (!button?.dataset.dark) return; // the chat page's button names both
		button.textContent = dark ? button.dataset.light : button.dataset.dark;
		button.hidden = false;
	};

	apply();
	document.addEventListener("DOMContentLoaded", apply);
	system.addEventListener("change", apply);
	window.addEventListener("storage", (event) => {
		if (event.key !== KEY) return;
		chosen = event.newValue;
		apply();
	});
	document.addEventListener("click", (event) => {
		if (!event.target.closest("#pq-theme")) return;
		chosen = isDark() ? "light" : "dark";
		apply();
		try {
			window.localStorage.setItem(KEY, chosen);
		} catch {
			// the choice holds for this page alone
		}
	});
}
