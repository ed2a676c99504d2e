// Files by choice, drop, paste or camera; each is one request with its own progress. Contract: templates/README.md.
import { keepFresh, token } from "./session.js";

const NO_SERVER = "Sunucuya ulaşılamadı. Bağlantınızı denetleyip yeniden deneyiniz.";

function row(name) {
  const item = document.createElement("li");
  item.className = "file-item";
  const text = document.createElement("span");
  text.className = "file-text";
  const state = Object.assign(document.createElement("small"), { textContent: "Yükleniyor…" });
  const bar = Object.assign(document.createElement("progress"), { className: "bar", max: 100, value: 0 });
  bar.setAttribute("aria-label", `Yükleniyor: ${name}`);
  text.append(document.createTextNode(name), state, bar);
  item.append(text);
  return { item, text, state, bar };
}

function readError(request) {
  try {
    return JSON.parse(request.responseText).error ?? "";
  } catch {
    const plain = (request.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    return plain ? request.responseText : "";
  }
}

class Upload {
  constructor(zone) {
    this.zone = zone;
    this.url = zone.dataset.upload;
    this.list = document.querySelector(zone.dataset.uploadList);
    this.input = zone.querySelector("input[type=file]");
    this.queue = [];
    this.running = false;
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
    this.caption = zone.querySelector("[data-upload-caption]");
    this.setUpDrop();
    this.setUpCamera();
    window.addEventListener("beforeunload", (event) => { if (this.running) event.preventDefault(); });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      const aimed = this.zone.contains(document.activeElement) || document.querySelectorAll("[data-upload]").length === 1;
      if (files.length && aimed) this.add(files.map((file) => this.named(file)));
    });
  }

  setUpDrop() {
    const over = (on) => (event) => {
      event.preventDefault();
      this.zone.classList.toggle("is-over", on);
    };
    this.zone.addEventListener("dragover", over(true));
    this.zone.addEventListener("dragleave", over(false));
    this.zone.addEventListener("drop", (event) => {
      over(false)(event);
      this.add([...event.dataTransfer.files]);
    });
  }

  setUpCamera() {
    if (!window.matchMedia("(pointer: coarse)").matches) return;
    const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", hidden: true });
    camera.setAttribute("capture", "environment");
    camera.dataset.autosaveSkip = "";
    camera.addEventListener("change", () => {
      this.add([...camera.files]);
      camera.value = "";
    });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline", textContent: "Fotoğraf çek" });
    button.addEventListener("click", () => camera.click());
    (this.zone.querySelector(".dropzone-buttons") ?? this.zone).append(button, camera);
  }

  // A pasted picture has no name of its own.
  named(file) {
    if (file.name && file.name !== "image.png") return file;
    const stamp = new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-");
    return new File([file], `ekran-goruntusu-${stamp}.png`, { type: file.type });
  }

  add(files) {
    const caption = this.caption?.value.trim() ?? "";
    this.queue.push(...files.map((file) => ({ file, caption, ...row(file.name) })));
    this.queue.forEach(({ item }) => { if (!item.isConnected) this.list.append(item); });
    this.run();
  }

  async run() {
    if (this.running) return;
    this.running = true;
    while (this.queue.length) await this.sendOne(this.queue.shift());
    this.running = false;
  }

  sendOne(entry, again = true) {
    return new Promise((resolve) => {
      const limit = Number(this.zone.dataset.maxBytes ?? 0);
      if (limit && entry.file.size > limit) {
        this.fail(entry, `Dosya çok büyük: en çok ${Math.floor(limit / 1000000)} MB yüklenebilir.`, false);
        resolve();
        return;
      }
      const body = new FormData();
      body.append(this.input.name, entry.file);
      if (entry.caption) body.append(this.caption.name, entry.caption);
      const request = new XMLHttpRequest();
      request.open("POST", this.url);
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) entry.bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("error", () => {
        this.fail(entry, NO_SERVER);
        resolve();
      });
      request.addEventListener("load", async () => {
        const login = document.body.dataset.loginUrl;
        const away = login && request.responseURL && new URL(request.responseURL).pathname === login;
        if ((away || request.status === 401 || request.status === 403) && again && (await keepFresh())) await this.sendOne(entry, false);
        else if (request.status >= 200 && request.status < 300 && !away) this.done(entry, request.responseText);
        else this.fail(entry, readError(request) || "Dosya yüklenemedi. Yeniden deneyiniz.", request.status !== 400);
        resolve();
      });
      request.send(body);
    });
  }

  done(entry, html) {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    entry.item.replaceWith(template.content);
    if (this.caption && !this.queue.length) this.caption.value = "";
    this.zone.dispatchEvent(new CustomEvent("upload:done", { bubbles: true }));
  }

  // A refused file would be refused again: it is only taken off the list.
  fail(entry, text, mayRetry = true) {
    entry.bar.remove();
    entry.item.classList.add("file-failed");
    entry.item.setAttribute("role", "alert");
    entry.state.textContent = text;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline btn-sm", textContent: mayRetry ? "Yeniden dene" : "Listeden kaldır" });
    button.addEventListener("click", () => {
      entry.item.remove();
      if (mayRetry) this.add([entry.file]);
    });
    entry.item.append(button);
  }
}

document.querySelectorAll("[data-upload]").forEach((zone) => new Upload(zone));
