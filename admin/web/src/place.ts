// A part of the page that is drawn anew must not take the keyboard's place away: a key pressed in that moment would do nothing.
// htmx gives the focus back to what has an id; links and buttons mostly have none, and are known again by what they do.

function does(e: Element): string {
  const form = e instanceof HTMLButtonElement ? e.form?.getAttribute("action") : null;
  const what = ["href", "src", "name", "value", "aria-label"].map((name) => e.getAttribute(name));
  return JSON.stringify([e.tagName, form, what, e.hasAttribute("href") ? "" : e.textContent]);
}

function alike(what: string, tag: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(tag)].filter((e) => does(e) === what);
}

export function keepPlace(): void {
  let held: null | { was: HTMLElement; does: string; nth: number } = null;
  document.addEventListener("htmx:before:swap", () => {
    const was = document.activeElement as HTMLElement | null;
    held = null;
    if (was && was !== document.body) {
      const what = does(was);
      held = { was, does: what, nth: alike(what, was.tagName).indexOf(was) };
    }
  });
  document.addEventListener("htmx:before:settle", () => {
    if (held && !held.was.isConnected && document.activeElement === document.body) {
      const again = alike(held.does, held.was.tagName);
      (again[held.nth] ?? again[0])?.focus({ preventScroll: true });
    }
  });
}
