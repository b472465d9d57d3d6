"use strict";
// What the person does: files, two fields, one button for the language. Each change is judged anew as a whole.

const byId = (id) => document.getElementById(id);
const maxFile = 1 << 30; // as the core has it: a larger file would not fit into the browser's memory
let offered = []; // File objects, in the order of dropping
let last = null; // the last answer
let trouble = ""; // key of a message that stands above everything

// core is the checking core, wherever it runs: hand gives it a job and promises its answer.
const core = { bytes: null, worker: null, inPage: false, waiting: new Map(), next: 0 };

async function unpack() {
  const text = atob(byId("corebytes").textContent.trim());
  const packed = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

// startWorker promises a worker with the core in it. A browser that refuses workers to a page from a file says so by an
// exception or an error event.
function startWorker() {
  return new Promise((resolve, reject) => {
    const source = [byId("exec").textContent, byId("engine").textContent, "serveWorker();"].join("\n");
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(address);
    worker.onerror = (e) => {
      reject(new Error(e.message || "worker"));
      fell();
    };
    worker.onmessage = (e) => {
      if (e.data.ready) {
        URL.revokeObjectURL(address);
        resolve(worker);
        return;
      }
      const job = core.waiting.get(e.data.id);
      if (!job) {
        reject(new Error(e.data.error));
        return;
      }
      core.waiting.delete(e.data.id);
      if (e.data.error !== undefined) job.reject(new Error(e.data.error));
      else job.resolve(e.data.text);
    };
    worker.postMessage({ core: core.bytes });
  });
}

// fell tells every job that waits that no answer will come.
function fell() {
  for (const job of core.waiting.values()) job.reject(new Error("fell"));
  core.waiting.clear();
}

async function ready() {
  if (!core.bytes) core.bytes = await unpack();
  if (core.worker || core.inPage) return;
  try {
    core.worker = await startWorker();
  } catch (e) {
    await startCore(core.bytes);
    core.inPage = true;
  }
}

async function hand(job) {
  await ready();
  if (core.inPage) {
    await new Promise((r) => setTimeout(r, 50)); // let the page show that it works
    return answer(job);
  }
  return new Promise((resolve, reject) => {
    const id = ++core.next;
    core.waiting.set(id, { resolve, reject });
    core.worker.postMessage({ ...job, id });
  });
}

function drop() {
  if (core.worker) core.worker.terminate();
  core.worker = null;
  fell();
}

// judge hands everything to the core; what changes meanwhile is judged after it.
let judging = false;
let again = false;
let stopped = false;
async function judge() {
  if (judging) {
    again = true;
    return;
  }
  judging = true;
  do {
    again = false;
    stopped = false;
    await judgeOnce();
  } while (again);
  judging = false;
}

async function judgeOnce() {
  const keys = byId("keys").value;
  const checkpoints = byId("held").value;
  if (!offered.length && !keys.trim() && !checkpoints.trim()) {
    last = null;
    trouble = "";
    show();
    return;
  }
  busy(say("working"));
  trouble = "";
  last = null;
  show(); // an old verdict must not stand beside new files
  try {
    const bytes = [];
    for (const f of offered) {
      if (f.size > maxFile) throw new Error("tooBig " + f.name);
      try {
        bytes.push(await f.arrayBuffer());
      } catch (e) {
        throw new Error("unreadFile " + f.name);
      }
    }
    const text = await hand({ request: { names: offered.map((f) => f.name), keys, checkpoints }, files: bytes });
    const a = JSON.parse(text);
    if (a.panic !== undefined) throw new Error("crash " + a.panic);
    last = a;
  } catch (e) {
    const [key, ...rest] = String(e.message).split(" ");
    trouble = key in words.vi ? say(key) + (rest.length ? ": " + rest.join(" ") : "") : say(stopped ? "stopped" : "crash");
    if (!(key in words.vi) || key === "crash") drop(); // begin with a fresh core next time
  }
  busy("");
  show();
  if (last && !again) byId("result").scrollIntoView({ block: "start", behavior: "auto" });
}

function busy(text) {
  byId("busy").hidden = !text;
  byId("busyText").textContent = text;
}

function show() {
  byId("trouble").hidden = !trouble;
  byId("trouble").textContent = trouble;
  const children = last ? results(last).filter((e) => e) : [];
  if (last) {
    const clear = el("button", "quiet", say("clear"));
    clear.type = "button";
    clear.addEventListener("click", forgetAll);
    children.push(el("p", "", clear));
  }
  byId("result").replaceChildren(...children);
}

function speak() {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const e of document.querySelectorAll("[data-say]")) e.textContent = say(e.dataset.say);
  show();
}

function offer(list) {
  offered = offered.concat(Array.from(list));
  judge();
}

function forget(i) {
  offered.splice(i, 1);
  judge();
}

function forgetAll() {
  offered = [];
  byId("keys").value = "";
  byId("held").value = "";
  judge();
  scrollTo(0, 0);
}

function begin() {
  speak();
  byId("language").addEventListener("click", () => {
    language = language === "vi" ? "en" : "vi";
    speak();
  });
  byId("files").addEventListener("change", (e) => {
    offer(e.target.files);
    e.target.value = ""; // the same file may be chosen again
  });
  byId("stop").addEventListener("click", () => {
    stopped = true;
    drop();
  });
  let timer = 0;
  for (const id of ["keys", "held"]) {
    byId(id).addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(judge, 600);
    });
  }
  const box = byId("drop");
  // A file that misses the box would otherwise take the place of the page.
  for (const type of ["dragover", "dragleave", "drop"]) {
    window.addEventListener(type, (e) => {
      e.preventDefault();
      box.classList.toggle("over", type === "dragover");
      if (type === "drop" && e.dataTransfer) offer(e.dataTransfer.files);
    });
  }
  hello();
}

// hello opens the core at once, so that its hash is there and the first file need not wait.
async function hello() {
  if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function" || typeof Blob.prototype.arrayBuffer !== "function") {
    trouble = say("old");
    show();
    return;
  }
  busy(say("loading"));
  try {
    await ready();
    byId("core").textContent = await hand({ hash: core.bytes });
  } catch (e) {
    trouble = say("old");
    show();
  }
  if (!judging) busy("");
}

begin();
