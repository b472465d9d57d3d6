// The page moves by itself: the station's clock, the countdown and the progress are carried on between the events of
// /api/v1/events, and the server draws the page's live part anew when something changed. When the events stay away
// the page says so and takes back what it said of the state: nothing stale may look like news.
"use strict";
(() => {
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  const all = new URLSearchParams(location.search).has("all") ? "all=1" : "";
  const silence = 12000; // events come every 5 s
  let heard = performance.now();
  let wall = wallOf(document.getElementById("clock").dataset.wall); // the station's wall clock, as milliseconds
  let wallAt = performance.now();
  let air = null; // position, length and moment of the last event, while something plays
  let last = "";
  let drawing = false;
  let again = false;

  // A wall clock is kept as if it were UTC: the browser's own zone of time has no say, and the station's is cut off.
  function wallOf(text) {
    return Date.parse(text.replace(/(Z|[+-]\d\d:\d\d)$/, "") + "Z");
  }

  function two(n) {
    return String(n).padStart(2, "0");
  }

  function span(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    const h = Math.floor(s / 3600);
    return (h ? h + ":" + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ":" + two(s % 60);
  }

  function setLost(is) {
    lost.hidden = !is;
    document.body.classList.toggle("stale", is);
  }

  async function draw() {
    if (drawing) {
      again = true;
      return;
    }
    drawing = true;
    try {
      const answer = await fetch("/?part=1&" + all);
      if (answer.ok) {
        live.innerHTML = await answer.text();
      } else {
        location.reload(); // signed out: the landing page says what to do
      }
    } catch {
      // No connection: the missing events say so.
    }
    drawing = false;
    if (again) {
      again = false;
      draw();
    }
  }

  function take(now) {
    heard = performance.now();
    wall = wallOf(now.at);
    wallAt = heard;
    const playing = now.state === "playing" && now.on_air && !now.on_air.lost;
    air = playing ? { position: now.on_air.position_ms, length: now.on_air.length_ms, at: heard } : null;
    const a = now.on_air;
    const key = JSON.stringify([now.state, a && [a.broadcast, a.item, a.lost], now.hold, now.output, now.clock, now.alarms,
      now.next && now.next.occurrence, now.log, now.at.slice(0, 16)]);
    if (key !== last) {
      last = key;
      draw();
    }
    setLost(false);
  }

  function tick() {
    const t = performance.now();
    if (t - heard > silence) {
      setLost(true);
    }
    const now = wall + t - wallAt;
    const d = new Date(now);
    document.getElementById("clock").textContent =
      two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
    const countdown = document.getElementById("countdown");
    if (countdown) {
      countdown.textContent = span(wallOf(countdown.dataset.wall) - now + 999);
    }
    const bar = document.getElementById("progress");
    if (bar && air) {
      const p = Math.min(air.position + t - air.at, air.length);
      bar.value = p;
      document.getElementById("position").textContent = span(p);
    }
  }

  // While nothing vouches for the station's time, the phone's is offered; it is read when the button is pressed.
  const phone = document.getElementById("phone");
  if (phone) {
    const language = document.documentElement.lang || "vi";
    const tell = () => {
      phone.querySelector("strong").textContent = new Date().toLocaleString(language, {
        hour: "2-digit", minute: "2-digit", weekday: "long", day: "2-digit", month: "2-digit", year: "numeric",
      });
    };
    phone.addEventListener("submit", () => {
      phone.querySelector("input").value = new Date().toISOString();
    });
    phone.hidden = false;
    tell();
    setInterval(tell, 5000);
  }

  // The note of the last act belongs to this view only, not to a reload or a bookmark.
  if (location.search) {
    history.replaceState(null, "", all ? "/?" + all : "/");
  }
  const events = new EventSource("/api/v1/events");
  events.addEventListener("now", (e) => take(JSON.parse(e.data)));
  events.addEventListener("error", () => {
    // The server ends each stream now and then; a reconnection takes a second. Only longer silence is a loss.
    heard = Math.min(heard, performance.now() - silence + 3000);
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => location.reload(), 10000); // refused: signed out, or too many pages are open
    }
  });
  setInterval(tick, 250);
})();
