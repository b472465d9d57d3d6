// The choice of audio files in a form: <div data-upload …>, which admin/page/frame/template/upload.html draws from an UploadBox.
//
// Contract, for every form that uses it:
//   - Each file is sent while the person goes on with the form. The form then brings one hidden field per file, in the order of
//     the list: name data-name (upload), value the ID of a complete upload, which the server imports when the form arrives.
//   - Rows that the server drew (a form that was refused) are <li data-row> with such a hidden field in them; they stay.
//   - The form cannot be sent while a file is on its way: it says so instead, and sends nothing.
//   - The box sends "upload:change" (bubbling) whenever its rows change; detail is {busy: boolean, ids: string[]}.
//   - Without this script the box is a plain <input type="file" name="file" multiple> in a multipart form; with it that field
//     loses its name, and no file is sent twice.
//
// A connection that is cut goes on where it was, by itself while the page is open, and when the same file is chosen again
// within a day also after the page was closed.
import type { DetailedError, Upload } from "tus-js-client";
import type {} from "./tus";

interface Problem { code?: string; title?: string; do?: string }

// The line is tried again for about ten minutes; after that a person presses the button.
const retries = [500, 1000, 2000, 4000, ...Array<number>(60).fill(10000)];

/** Loads the sender once. */
let sender: Promise<typeof Upload> | null = null;
function senderFrom(address: string): Promise<typeof Upload> {
  return sender ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.tusUpload ? done(window.tusUpload) : failed(new Error("no sender")));
    script.onerror = () => {
      sender = null; // the line is cut: the next try loads it again
      failed(new Error("no sender"));
    };
    document.head.append(script);
  });
}

/** One line of the list: a file on its way, or one that has come. */
class Row {
  readonly item = document.createElement("li");
  private readonly title = document.createElement("p");
  private readonly line = document.createElement("p");
  private readonly bar = document.createElement("progress");
  private readonly acts = document.createElement("div");
  private upload: Upload | null = null;

  constructor(private readonly box: Box, readonly name: string) {
    this.item.dataset.row = "";
    this.title.className = "what";
    this.title.textContent = name;
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", name);
    this.acts.className = "row-acts";
    this.item.append(this.title, this.line, this.bar, this.acts);
    this.say("waiting", box.words.waiting ?? "");
    this.offer({ cancel: () => this.drop() });
  }

  say(state: string, text: string, percent?: number): void {
    this.item.dataset.state = state;
    this.line.className = state === "bad" ? "mark bad" : state === "done" ? "mark ok" : "faint";
    this.line.textContent = text;
    this.bar.hidden = percent === undefined;
    if (percent !== undefined) {
      this.bar.value = percent;
    }
  }

  offer(acts: Record<string, () => void>): void {
    this.acts.replaceChildren(...Object.entries(acts).map(([word, act]) => {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "quiet";
      b.textContent = this.box.words[word] ?? word;
      b.setAttribute("aria-label", b.textContent + ": " + this.name);
      b.addEventListener("click", act);
      return b;
    }));
  }

  drop(): void {
    void this.upload?.abort(true).catch(() => undefined); // what nobody ends is swept in a day
    this.item.remove();
    this.box.changed();
  }

  fail(text: string, again: () => void): void {
    this.say("bad", text);
    this.offer({ retry: again, remove: () => this.drop() });
    this.box.changed();
  }

  /** Sends the file, going on where an earlier try ended. Resolves with the upload's ID. */
  async send(file: File): Promise<string> {
    const sending = await senderFrom(this.box.root.dataset.sender ?? "");
    return new Promise<string>((done, failed) => {
      const w = this.box.words;
      const upload = this.upload = new sending(file, {
        endpoint: "/api/v1/uploads", retryDelays: retries, metadata: { filename: file.name }, removeFingerprintOnSuccess: true,
        onProgress: (sent, all) => this.say("sending", (w.sending ?? "").replace("{}", String(Math.floor(100 * sent / all))), 100 * sent / all),
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          const worth = status === 0 || status === 409 || status === 423 || status === 503 || status === 500 || status === 502 || status === 504;
          if (worth) {
            this.say("sending", w.cut ?? "", this.bar.value);
          }
          return worth;
        },
        onError: (error) => failed(error),
        onSuccess: () => done((upload.url ?? "").replace(/.*\//, "")),
      });
      void upload.findPreviousUploads().catch(() => []).then((earlier) => {
        const last = earlier[0];
        if (last) {
          upload.resumeFromPreviousUpload(last);
        }
        upload.start();
      });
    });
  }

  hide(name: string, value: string): void {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    this.item.append(field);
  }
}

class Box {
  readonly words: Record<string, string>;
  readonly name: string;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly status: HTMLElement | null;
  private line: Promise<void> = Promise.resolve(); // files go one after another: the line is shared in any case

  constructor(readonly root: HTMLElement) {
    this.words = JSON.parse(root.dataset.words ?? "{}") as Record<string, string>;
    this.name = root.dataset.name ?? "upload";
    this.input = root.querySelector<HTMLInputElement>("input[type=file]")!;
    this.list = root.querySelector<HTMLElement>("[data-upload-items]")!;
    this.status = root.querySelector<HTMLElement>("[data-upload-status]");
    this.input.removeAttribute("name");
    this.input.required = false;
    root.classList.add("on");
    this.input.addEventListener("change", () => {
      this.take(this.input.files);
      this.input.value = "";
    });
    this.drops();
    this.list.addEventListener("click", (e) => { // rows that the server drew
      const b = (e.target as Element).closest("button[data-remove]");
      if (b) {
        e.preventDefault();
        b.closest("[data-row]")?.remove();
        this.changed();
      }
    });
    root.closest("form")?.addEventListener("submit", (e) => {
      if (this.busy()) {
        e.preventDefault();
        this.tell(this.words.wait ?? "");
        this.root.scrollIntoView({ block: "center" });
      }
    });
    addEventListener("beforeunload", (e) => {
      if (this.busy()) {
        e.preventDefault();
        e.returnValue = "";
      }
    });
  }

  private drops(): void {
    const over = (on: boolean) => (e: DragEvent): void => {
      if (e.dataTransfer?.types.includes("Files")) {
        e.preventDefault();
        this.root.classList.toggle("over", on);
      }
    };
    this.root.addEventListener("dragover", over(true));
    this.root.addEventListener("dragleave", over(false));
    this.root.addEventListener("drop", (e) => {
      over(false)(e);
      this.take(e.dataTransfer?.files ?? null);
    });
  }

  private take(files: FileList | null): void {
    for (const file of files ?? []) {
      const row = new Row(this, file.name);
      this.list.append(row.item);
      this.line = this.line.then(() => this.work(row, file));
    }
    this.changed();
  }

  private async work(row: Row, file: File): Promise<void> {
    if (!row.item.isConnected) {
      return; // taken away while it waited
    }
    try {
      row.hide(this.name, await row.send(file));
      row.say("done", this.words.sent ?? "");
      row.offer({ remove: () => row.drop() });
    } catch (error) {
      row.fail(this.sentence(error), () => {
        row.say("waiting", this.words.waiting ?? "");
        this.line = this.line.then(() => this.work(row, file));
        this.changed();
      });
    }
    this.changed();
  }

  /** What to tell a person of an error: the server's own sentence where there is one. */
  private sentence(error: unknown): string {
    const answer = (error as DetailedError).originalResponse;
    const body = answer?.getBody() ?? "";
    if (answer && body.startsWith("{")) {
      const problem = JSON.parse(body) as Problem;
      return [problem.title, problem.do].filter(Boolean).join(" ");
    }
    const known: Record<number, string | undefined> = { 401: this.words.signin, 403: this.words.signin, 413: this.words.large, 507: this.words.full };
    return (answer && known[answer.getStatus()]) || (answer ? this.words.failed : this.words.cut_off) || "";
  }

  private ids(): string[] {
    return [...this.list.querySelectorAll<HTMLInputElement>("input[type=hidden]")].filter((f) => f.name === this.name).map((f) => f.value);
  }

  busy(): boolean {
    return this.list.querySelector("[data-state=waiting], [data-state=sending]") !== null;
  }

  private tell(text: string): void {
    if (this.status) {
      this.status.textContent = text;
    }
  }

  changed(): void {
    const ids = this.ids();
    this.tell(ids.length > 0 ? (this.words.count ?? "").replace("{}", String(ids.length)) : "");
    this.root.dispatchEvent(new CustomEvent("upload:change", { bubbles: true, detail: { busy: this.busy(), ids } }));
  }
}

document.querySelectorAll<HTMLElement>("[data-upload]").forEach((root) => new Box(root));
