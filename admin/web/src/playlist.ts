// The form of a playlist without waiting for the server: its buttons do here what they would do there, and rows can be dragged.
import { sortable } from "./sortable";
import { span } from "./station";

function start(form: HTMLFormElement): void {
  const items = form.querySelector<HTMLElement>("[data-items]");
  const total = form.querySelector<HTMLElement>("[data-total]");
  const none = form.querySelector<HTMLElement>("[data-none]");
  const unsaved = form.querySelector<HTMLElement>("[data-unsaved]");
  if (!items) {
    return;
  }
  let dirty = unsaved?.hidden === false;

  const words = (name: string, title: string): string => (form.getAttribute("data-words-" + name) ?? "").replace("{}", title);

  const touched = (): void => {
    dirty = true;
    const rows = [...items.children] as HTMLElement[];
    rows.forEach((row, n) => row.querySelectorAll<HTMLButtonElement>("button[name=do]").forEach((b) => {
      b.value = b.value.replace(/\d+$/, String(n)); // also pressed without this script it means this row
    }));
    if (total) {
      total.textContent = span(rows.reduce((sum, row) => sum + Number(row.dataset.ms), 0));
    }
    if (none) {
      none.hidden = rows.length > 0;
    }
    if (unsaved) {
      unsaved.hidden = false;
    }
  };

  const button = (act: string, sign: string, title: string): HTMLButtonElement => {
    const b = document.createElement("button");
    b.type = "submit";
    b.name = "do";
    b.value = act + ":0";
    b.className = "quiet";
    b.formNoValidate = true;
    b.textContent = sign;
    b.setAttribute("aria-label", words(act, title));
    b.setAttribute(act === "remove" ? "data-remove" : "data-move", act === "remove" ? "" : act);
    return b;
  };

  const add = (value: string, title: string, ms: string): void => {
    const row = document.createElement("li");
    row.dataset.ms = ms;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "item";
    field.value = value;
    const grip = document.createElement("span");
    grip.dataset.grip = "";
    grip.title = form.getAttribute("data-words-grip") ?? "";
    grip.setAttribute("aria-hidden", "true");
    grip.textContent = "⠿";
    const name = document.createElement("span");
    name.className = "what";
    name.textContent = title;
    const length = document.createElement("span");
    length.className = "figures";
    length.textContent = span(Number(ms));
    const acts = document.createElement("span");
    acts.className = "row-acts";
    acts.append(button("up", "↑", title), button("down", "↓", title), button("remove", form.dataset.remove ?? "", title));
    row.append(field, grip, name, length, acts);
    items.append(row);
    touched();
  };

  items.querySelectorAll<HTMLElement>("[data-grip]").forEach((g) => (g.hidden = false));
  sortable(items, touched);
  form.addEventListener("click", (e) => {
    const b = (e.target as Element).closest<HTMLButtonElement>("button[data-remove], button[data-add]");
    if (!b) {
      return;
    }
    e.preventDefault();
    if (b.dataset.add !== undefined) {
      add("clip:" + b.value.replace(/^add:/, ""), b.dataset.add, b.closest<HTMLElement>("[data-ms]")?.dataset.ms ?? "0");
      return;
    }
    const row = b.closest("li");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    row?.remove();
    touched();
    next?.querySelector<HTMLButtonElement>("button[data-remove]")?.focus();
  });
  form.addEventListener("change", () => (dirty = true));
  form.addEventListener("submit", () => (dirty = false));
  addEventListener("beforeunload", (e) => {
    if (dirty) {
      e.preventDefault();
      e.returnValue = "";
    }
  });
}

document.querySelectorAll<HTMLFormElement>("form[data-playlist]").forEach(start);
