// The page of the original beside an article: another page, and the words of a span boxed on it.
const figure = document.getElementById("pq-original");

/** Show the page of that number; `span` is {start, end} in code points of the article, or null. */
export function showPage(number, span) {
	if (!figure) return;
	const picture = figure.querySelector("img");
	const address = new URL(picture.src);
	address.searchParams.set("n", number);
	for (const name of ["start", "end"]) {
		if (span) address.searchParams.set(name, span[name]);
		else address.searchParams.delete(name);
	}
	if (address.href === picture.src) return;
	figure.classList.remove("pq-undrawn");
	picture.src = address.href;
	const last = Number(figure.dataset.last);
	picture.alt = figure.dataset.alt.replace("{page}", number);
	figure.querySelector(".pq-page-now").textContent = figure.dataset.now.replace("{page}", number);
	figure.querySelector(".pq-page-whole").href = address.href;
	for (const [rel, other] of [["prev", number - 1], ["next", number + 1]]) {
		const link = figure.querySelector(`a[rel="${rel}"]`);
		link.hidden = other < 1 || other > last;
		link.dataset.page = other;
		const target = new URL(link.href);
		target.searchParams.set("page", other);
		link.href = target.href;
	}
}

if (figure) {
	const picture = figure.querySelector("img");
	const undrawn = () => figure.classList.add("pq-undrawn");
	picture.addEventListener("error", undrawn);
	if (picture.complete && picture.naturalWidth === 0) undrawn();
	for (const link of figure.querySelectorAll("a[data-page]")) {
		link.addEventListener("click", (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			showPage(Number(link.dataset.page), null);
		});
	}
}
