// The week by mouse: a broadcast that is dragged to another hour or day opens the form that would be filled in by hand, with
// the new time in it. Nothing is changed by dragging alone.

let dragged: HTMLElement | null = null;
let over: HTMLElement | null = null;

function cellOf(e: Event): HTMLElement | null {
  return (e.target as HTMLElement | null)?.closest?.<HTMLElement>("td[data-day]") ?? null;
}

function mark(cell: HTMLElement | null): void {
  over?.classList.remove("over");
  over = cell;
  over?.classList.add("over");
}

function end(): void {
  dragged?.closest(".slot")?.classList.remove("dragging");
  dragged = null;
  mark(null);
}

document.addEventListener("dragstart", (e) => {
  const from = (e.target as HTMLElement | null)?.closest?.<HTMLElement>("[data-occurrence]");
  if (!from || !e.dataTransfer) {
    return;
  }
  dragged = from;
  e.dataTransfer.effectAllowed = "move";
  e.dataTransfer.setData("text/plain", from.textContent ?? "");
  from.closest(".slot")?.classList.add("dragging");
});

document.addEventListener("dragover", (e) => {
  const cell = dragged && cellOf(e);
  mark(cell);
  if (cell) {
    e.preventDefault(); // it may be dropped here
  }
});

document.addEventListener("drop", (e) => {
  const cell = dragged && cellOf(e);
  if (dragged && cell) {
    e.preventDefault();
    const to = cell.dataset.day + "T" + cell.dataset.hour + ":" + dragged.dataset.minute;
    location.assign("/schedule/occurrence/" + encodeURIComponent(dragged.dataset.occurrence ?? "") + "?to=" + encodeURIComponent(to));
  }
  end();
});

document.addEventListener("dragend", end);

// While something is held in the air, or an answer is asked for or read, the week must not be drawn anew under it: neither by
// a request that begins now nor by one that was under way.
let reading = false;
const still = (e: Event, source: Element | null): void => {
  if (source?.matches("a.why")) {
    reading = true;
  } else if (source?.id === "week" && (dragged || reading)) {
    e.preventDefault();
  }
};
document.addEventListener("htmx:before:request", (e) => still(e, e.target as Element | null));
document.addEventListener("htmx:before:swap", (e) => still(e, e.detail.ctx.sourceElement));

// The hint stands only where dragging works.
if (matchMedia("(hover: hover)").matches) {
  document.documentElement.classList.add("drags");
}

// One more field for a day as soon as the last one is filled; the button that asks the server for one is not needed then.
document.querySelectorAll<HTMLElement>("[data-grows]").forEach((list) => {
  list.parentElement?.querySelectorAll<HTMLButtonElement>("[data-grow]").forEach((b) => (b.hidden = true));
  list.addEventListener("input", () => {
    const last = list.lastElementChild;
    const field = last?.querySelector("input");
    if (last && field?.value) {
      const next = last.cloneNode(true) as HTMLElement;
      next.querySelectorAll("input").forEach((i) => (i.value = ""));
      list.append(next);
    }
  });
});
