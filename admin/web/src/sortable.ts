// A list whose rows can be put in another order: by the row's ↑ and ↓ (button[data-move=up|down]), and by dragging its grip
// ([data-grip]) with mouse or finger. Every list that uses it can also be ordered without: the buttons belong to a form.

export function sortable(list: HTMLElement, changed: () => void): void {
  list.addEventListener("click", (e) => {
    const button = (e.target as Element).closest<HTMLButtonElement>("button[data-move]");
    const row = button && rowOf(list, button);
    if (!button || !row) {
      return;
    }
    e.preventDefault();
    const up = button.dataset.move === "up";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (other) {
      list.insertBefore(up ? row : other, up ? other : row);
      changed();
    }
    button.focus(); // moved with its row, so that the same key moves it on
  });

  list.addEventListener("pointerdown", (e) => {
    const grip = (e.target as Element).closest<HTMLElement>("[data-grip]");
    const row = grip && rowOf(list, grip);
    if (!grip || !row || e.button !== 0) {
      return;
    }
    e.preventDefault();
    grip.setPointerCapture(e.pointerId);
    row.classList.add("dragged");
    const move = (m: PointerEvent): void => drop(list, row, m.clientY);
    const end = (): void => {
      grip.removeEventListener("pointermove", move);
      row.classList.remove("dragged");
      changed();
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("lostpointercapture", end, { once: true });
  });
}

/** Puts the row where the pointer is: before the first other row whose middle lies below it. */
function drop(list: HTMLElement, row: HTMLElement, y: number): void {
  const below = [...list.children].find((other) => {
    const box = other.getBoundingClientRect();
    return other !== row && y < box.top + box.height / 2;
  });
  if (below !== row.nextElementSibling || !below) {
    list.insertBefore(row, below ?? null);
  }
}

function rowOf(list: HTMLElement, inner: Element): HTMLElement | null {
  let row: Element | null = inner;
  while (row && row.parentElement !== list) {
    row = row.parentElement;
  }
  return row as HTMLElement | null;
}
