// The page moves by itself: the state in the head, the station's clock, and every part with hx-trigger="station from:body",
// which the server draws anew when something changed. When the events stay away the page says so and takes back what it
// said of the state: nothing stale may look like news.

/** What the station says in each event, as far as pages read it. */
export interface Now {
  at: string;
  state: "resting" | "warming_up" | "playing";
  on_air: null | {
    broadcast: string; item: number; lost: boolean; position_ms: number; length_ms: number; title: string;
  };
  next: null | { occurrence: string; title: string; due: string };
  hold: unknown;
  output: string;
  clock: string;
  alarms: { code: string; grave: boolean }[];
  log: { epoch: number; size: number };
}

/** Called four times a second with the station's wall time (as if it were UTC), and with each event. */
export interface Part {
  tick(wall: number): void;
  take(now: Now): void;
}

const silence = 12000; // events come every 5 s
const lasting = 10000;

/** A wall clock is kept as if it were UTC: the browser's own zone has no say, and the station's is cut off. */
export function wallOf(text: string): number {
  return Date.parse(text.replace(/(Z|[+-]\d\d:\d\d)$/, "") + "Z");
}

export function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** 1:02:03, or 2:03. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600);
  return (h ? h + ":" + two(Math.floor(s / 60) % 60) : String(Math.floor(s / 60))) + ":" + two(s % 60);
}

export function follow(parts: Part[]): void {
  const lost = document.getElementById("lost");
  const clock = document.getElementById("clock");
  let heard = performance.now();
  let wall = wallOf(clock?.dataset.wall ?? "");
  let wallAt = heard;
  let last = "";
  let awaited: Set<Element> | null = null; // the parts that are still as they were before the line was lost
  let events: EventSource;

  function setLost(is: boolean): void {
    if (lost) {
      lost.hidden = !is;
    }
    document.body.classList.toggle("stale", is);
  }

  function movingParts(): Element[] {
    return [...document.querySelectorAll('[hx-trigger*="station"]')];
  }

  // Heard again: what stands behind the notice is as old as the silence. It is drawn anew, whatever the event says, and shown
  // after that; a part that does not come is asked for with the next event.
  function drawAnew(): void {
    last = "";
    awaited = new Set(movingParts());
  }

  document.body.addEventListener("htmx:finally:request", (e) => {
    const { sourceElement, response } = e.detail.ctx;
    if (!awaited || (response && response.status >= 400)) {
      return;
    }
    if (response || sourceElement.id === "week") { // the week is kept still while somebody reads or drags in it
      awaited.delete(sourceElement);
    }
    if (awaited.size === 0) {
      awaited = null;
      setLost(false);
    }
  });

  function take(now: Now): void {
    heard = wallAt = performance.now();
    wall = wallOf(now.at);
    parts.forEach((p) => p.take(now));
    const a = now.on_air;
    if (document.body.classList.contains("stale")) {
      drawAnew();
    }
    const key = JSON.stringify([now.state, a && [a.broadcast, a.item, a.lost], now.hold, now.output, now.clock, now.alarms,
      now.next && now.next.occurrence, now.log, now.at.slice(0, 16)]);
    if (key !== last) {
      last = key;
      document.body.dispatchEvent(new CustomEvent("station"));
    }
    if (awaited?.size === 0) {
      setLost(false);
    }
  }

  function tick(): void {
    const t = performance.now();
    if (t - heard > silence && !document.body.classList.contains("stale")) {
      setLost(true);
      movingParts().forEach((p) => p.dispatchEvent(new Event("htmx:abort"))); // an answer that comes late is old, too
    }
    const now = wall + t - wallAt;
    const d = new Date(now);
    if (clock && !Number.isNaN(now)) {
      clock.textContent = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
    }
    parts.forEach((p) => p.tick(now));
  }

  function listen(): void {
    events = new EventSource("/api/v1/events");
    events.addEventListener("now", (e) => take(JSON.parse((e as MessageEvent<string>).data) as Now));
    events.addEventListener("error", () => {
      // The server ends each stream now and then; a reconnection takes a second. Only longer silence is a loss.
      heard = Math.min(heard, performance.now() - silence + 3000);
      if (events.readyState === EventSource.CLOSED) {
        setTimeout(listen, lasting); // refused: too many pages are open, or signed out, which the next part tells
      }
    });
  }

  // Signed out meanwhile: the page as a whole says what to do. A part that failed otherwise stays as it was.
  document.body.addEventListener("htmx:response:error", (e) => {
    const status = (e as CustomEvent<{ ctx?: { response?: { status?: number } } }>).detail?.ctx?.response?.status;
    if (status === 401) {
      location.reload();
    }
  });
  listen();
  // A page that is put away and taken out again (the phone slept) looks anew at once.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && events.readyState === EventSource.CLOSED) {
      listen();
    }
  });
  setInterval(tick, 250);
}
