// The parts of the page that go on between events: countdown, progress, and the phone's time when the station asks for it.
import { Now, Part, span, wallOf } from "./station";

export function homeParts(): Part[] {
  phoneClock();
  forgetNote();
  return [countdown, progress()];
}

const countdown: Part = {
  take: () => undefined,
  tick(wall: number): void {
    document.querySelectorAll<HTMLElement>("[data-countdown]").forEach((e) => {
      e.textContent = span(wallOf(e.dataset.countdown ?? "") - wall + 999);
    });
  },
};

function progress(): Part {
  let air: null | { position: number; length: number; at: number } = null; // as of the last event, while something plays
  return {
    take(now: Now): void {
      const a = now.state === "playing" && now.on_air && !now.on_air.lost ? now.on_air : null;
      air = a && { position: a.position_ms, length: a.length_ms, at: performance.now() };
    },
    tick(): void {
      const bar = document.getElementById("progress") as HTMLProgressElement | null;
      const figures = document.getElementById("position");
      if (bar && figures && air) {
        bar.value = Math.min(air.position + performance.now() - air.at, air.length);
        figures.textContent = span(bar.value);
      }
    },
  };
}

// While nothing vouches for the station's time, the phone's is offered; it is read when the button is pressed.
function phoneClock(): void {
  const phone = document.getElementById("phone");
  const shown = phone?.querySelector("strong");
  const field = phone?.querySelector<HTMLInputElement>("input[name=phone]");
  if (!phone || !shown || !field) {
    return;
  }
  const tell = (): void => {
    shown.textContent = new Date().toLocaleString(document.documentElement.lang || "vi", {
      hour: "2-digit", minute: "2-digit", weekday: "long", day: "2-digit", month: "2-digit", year: "numeric",
    });
  };
  phone.addEventListener("submit", () => {
    field.value = new Date().toISOString();
  });
  phone.hidden = false;
  tell();
  setInterval(tell, 5000);
}

// The note of the last act belongs to this view only, not to a reload or a bookmark.
function forgetNote(): void {
  const at = new URL(location.href);
  if (at.searchParams.has("note") || at.searchParams.has("saved")) {
    ["note", "undo", "saved", "at"].forEach((name) => at.searchParams.delete(name));
    history.replaceState(null, "", at.pathname + at.search + at.hash);
  }
}
