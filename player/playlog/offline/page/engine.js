"use strict";
// The engine runs the core, which is Go compiled to WebAssembly. This text and wasm_exec.js before it run in a worker,
// made from a blob since a page from a file has no other files; where a browser refuses that, they run in the page.

// startCore makes loaxaCheck and loaxaHash out of the core's bytes.
async function startCore(bytes) {
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(bytes, go.importObject);
  go.run(instance); // returns at its first pause; never ends by itself
}

// answer does one job. Files come as array buffers.
function answer(job) {
  if (job.hash) return self.loaxaHash(new Uint8Array(job.hash));
  return self.loaxaCheck(JSON.stringify(job.request), job.files.map((f) => new Uint8Array(f)));
}

// serveWorker makes a worker of this text: first comes the core, then jobs, one at a time.
function serveWorker() {
  self.onmessage = async (event) => {
    const job = event.data;
    try {
      if (job.core) {
        await startCore(job.core);
        self.postMessage({ ready: true });
      } else {
        self.postMessage({ id: job.id, text: answer(job) });
      }
    } catch (e) {
      self.postMessage({ id: job.id, error: String(e) });
    }
  };
}
