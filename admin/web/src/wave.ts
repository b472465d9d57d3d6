// The shape of a clip beside its sound: where it is just now, a jump to where one presses, and what a trim would leave out.
// Everything it does can be done with the player's own bar and the two fields.

function textOf(seconds: number): string {
  const t = Math.max(0, Math.round(seconds * 10));
  const s = Math.floor(t / 10);
  return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0") + "," + (t % 10);
}

/** Seconds of 1:05,3; NaN where it is no time. */
function secondsOf(text: string): number {
  return text.trim().replace(",", ".").split(":").reduce((sum, part) => sum * 60 + (part === "" ? NaN : Number(part)), 0);
}

function bar(name: string): HTMLElement {
  const e = document.createElement("i");
  e.className = name;
  return e;
}

function start(root: HTMLElement): void {
  const audio = root.querySelector("audio");
  const shape = root.querySelector<HTMLElement>("[data-shape]");
  const length = Number(root.dataset.length) / 1000;
  if (!audio || !(length > 0)) {
    return;
  }
  const from = root.querySelector<HTMLInputElement>("[data-from]");
  const until = root.querySelector<HTMLInputElement>("[data-until]");
  const head = bar("head");
  const before = bar("cut");
  const after = bar("cut");
  let stopAt = Infinity; // where a try of the part ends

  const percent = (seconds: number): string => 100 * Math.min(1, Math.max(0, seconds / length)) + "%";
  const draw = (): void => {
    head.style.left = percent(audio.currentTime);
    if (from && until) {
      const a = secondsOf(from.value);
      const b = secondsOf(until.value);
      before.style.left = "0";
      before.style.width = percent(Number.isNaN(a) ? 0 : a);
      after.style.left = percent(Number.isNaN(b) ? length : b);
      after.style.right = "0";
    }
  };

  if (shape) {
    shape.append(head);
    shape.addEventListener("click", (e) => {
      const box = shape.getBoundingClientRect();
      stopAt = Infinity;
      audio.currentTime = length * (e.clientX - box.left) / box.width;
      void audio.play();
    });
  }
  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime >= stopAt) {
      stopAt = Infinity;
      audio.pause();
    }
    draw();
  });
  audio.addEventListener("seeking", draw);
  // What would be cut is shown while the part about it is open.
  const details = from?.closest("details");
  details?.addEventListener("toggle", () => {
    if (details.open) {
      shape?.append(before, after);
    } else {
      before.remove();
      after.remove();
    }
    draw();
  });
  if (details?.open) {
    shape?.append(before, after);
  }
  [from, until].forEach((field) => field?.addEventListener("input", draw));
  root.querySelectorAll<HTMLElement>("[data-trim-tools]").forEach((e) => (e.hidden = false));
  root.querySelectorAll<HTMLButtonElement>("[data-set]").forEach((b) => b.addEventListener("click", () => {
    const field = b.dataset.set === "from" ? from : until;
    if (field) {
      field.value = textOf(audio.currentTime);
      draw();
    }
  }));
  root.querySelector("[data-try]")?.addEventListener("click", () => {
    const a = secondsOf(from?.value ?? "");
    const b = secondsOf(until?.value ?? "");
    stopAt = Number.isNaN(b) ? Infinity : b;
    audio.currentTime = Number.isNaN(a) ? 0 : a;
    void audio.play();
  });
  draw();
}

document.querySelectorAll<HTMLElement>("[data-wave]").forEach(start);
