// Listening before anything sounds: what was chosen, or what the phone just recorded, which has not left it yet.
export {};

const form = document.querySelector<HTMLFormElement>("form[data-listen]");
const listen = document.getElementById("listen");
const audio = listen?.querySelector("audio");
const title = listen?.querySelector("strong");
if (form && listen && audio && title) {
  const clip = form.querySelector<HTMLSelectElement>("select[name=clip_id]");
  const files = [...form.querySelectorAll<HTMLInputElement>("input[type=file]")];
  let address = "";

  const show = (source: string, text: string): void => {
    if (address) {
      URL.revokeObjectURL(address);
      address = "";
    }
    listen.hidden = !source;
    title.textContent = text;
    if (source) {
      audio.src = source;
    } else {
      audio.removeAttribute("src");
    }
  };

  // One thing sounds: choosing another way takes the first choice back.
  clip?.addEventListener("change", () => {
    files.forEach((f) => (f.value = ""));
    const chosen = clip.selectedOptions[0];
    show(clip.value && `/api/v1/clips/${clip.value}/played`, chosen ? chosen.text : "");
  });
  files.forEach((field) => {
    field.addEventListener("change", () => {
      const file = field.files?.[0];
      if (!file) {
        show("", "");
        return;
      }
      files.filter((f) => f !== field).forEach((f) => (f.value = ""));
      if (clip) {
        clip.value = "";
      }
      const source = URL.createObjectURL(file);
      show(source, file.name);
      address = source;
    });
  });
  form.addEventListener("submit", () => {
    const sending = document.getElementById("sending");
    if (sending) {
      sending.hidden = false;
    }
  });
  addEventListener("pageshow", () => {
    const sending = document.getElementById("sending");
    if (sending) {
      sending.hidden = true;
    }
  });
}
