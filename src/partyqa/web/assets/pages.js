// Every page of ours, in the head, before anything is painted: the ground that the reader chose, light or dark.
// Without a choice, or without storage, the system's own setting holds (pages.css).
{
	const KEY = "partyqa-theme";
	const root = document.documentElement;
	const system = window.matchMedia("(prefers-color-scheme: dark)");

	const kept = () => {
		try {
			return window.localStorage.getItem(KEY);
		} catch {
			return null; // storage is closed to us: nothing was kept
		}
	};
	const keep = (theme) => {
		try {
			window.localStorage.setItem(KEY, theme);
		} catch {
			// the choice holds for this page alone
		}
	};
	const use = (theme) => {
		if (theme === "dark" || theme === "light") root.dataset.theme = theme;
	};
	const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

	use(kept());
	document.addEventListener("DOMContentLoaded", () => {
		const button = document.getElementById("pq-theme");
		if (!button) return;
		const name = () => {
			button.textContent = isDark() ? button.dataset.light : button.dataset.dark;
		};
		button.addEventListener("click", () => {
			const theme = isDark() ? "light" : "dark";
			use(theme);
			keep(theme);
			name();
		});
		system.addEventListener("change", name);
		window.addEventListener("storage", (event) => {
			if (event.key !== KEY) return;
			use(event.newValue);
			name();
		});
		name();
		button.hidden = false;
	});
}
