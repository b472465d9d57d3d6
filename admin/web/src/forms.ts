// Small comforts of forms; every form works without them.

export function forms(): void {
  // Pressed twice is meant once. The button says so until the answer comes.
  document.addEventListener("submit", (e) => {
    const form = e.target as HTMLFormElement;
    if (form.dataset.sent) {
      e.preventDefault();
      return;
    }
    if (form.method === "post" && !e.defaultPrevented && !form.hasAttribute("hx-post")) {
      form.dataset.sent = "1";
    }
  });
  // Coming back by the browser's own button, the form may be sent again.
  addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach((f) => delete f.dataset.sent);
  });
  // A menu closes when somebody looks elsewhere.
  document.addEventListener("click", (e) => {
    document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((m) => {
      if (!m.contains(e.target as Node)) {
        m.open = false;
      }
    });
  });
}

/** Over plain HTTP there is no clipboard API: the text is selected and the old command copies it. */
export function copyButtons(): void {
  document.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const from = document.getElementById(button.dataset.copy ?? "");
      const selection = getSelection();
      if (!from || !selection) {
        return;
      }
      if (from instanceof HTMLTextAreaElement) {
        from.select();
      } else {
        selection.selectAllChildren(from);
      }
      // The only way without a secure context; where it is gone the selected text can be copied by hand.
      if (document.execCommand("copy") && button.dataset.done) {
        button.textContent = button.dataset.done;
      }
    });
  });
}
