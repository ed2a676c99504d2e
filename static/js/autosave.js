// Saves changed fields by themselves and always says how it stands. The contract is in templates/README.md.
import { keepFresh, send } from "./session.js";
import { showConflict } from "./conflict.js";

const PAUSE = 800;
const FIRST_RETRY = 2000;
const LAST_RETRY = 60000;
const KEEP_DAYS = 30;

// The locative suffix follows the last spoken number: 14:02'de, 14:03'te, 14:06'da.
const ENDINGS = { 0: "da", 1: "de", 2: "de", 3: "te", 4: "te", 5: "te", 6: "da", 7: "de", 8: "de", 9: "da", 10: "da", 20: "de", 30: "da", 40: "ta", 50: "de" };

export function clockWords(moment) {
  const hours = moment.getHours();
  const minutes = moment.getMinutes();
  const spoken = minutes || hours;
  const ending = ENDINGS[spoken % 10 === 0 ? spoken : spoken % 10];
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}'${ending}`;
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = `bigep:${form.dataset.autosaveKey ?? window.location.pathname}`;
    this.state = form.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
    this.pill = this.followState();
    this.dirty = new Set();
    this.delay = FIRST_RETRY;
    this.timer = 0;
    this.busy = null;
    this.stopped = false;
    this.refused = 0;
    form.addEventListener("input", (event) => this.touch(event.target, PAUSE));
    form.addEventListener("change", (event) => this.touch(event.target, 0));
    form.addEventListener("submit", (event) => this.beforeSubmit(event), { capture: true });
    window.addEventListener("online", () => this.dirty.size && this.plan(0));
    window.addEventListener("beforeunload", (event) => { if (this.dirty.size && !this.leaving) event.preventDefault(); });
    this.offerCopy();
  }

  watched(field) {
    return field.name && field.type !== "file" && field.type !== "hidden" && field.name !== "csrfmiddlewaretoken"
      && !field.closest("[data-autosave-skip]") && field.form === this.form;
  }

  valuesOf(name) {
    return new FormData(this.form).getAll(name).filter((value) => typeof value === "string");
  }

  touch(field, pause) {
    if (!this.watched(field)) return;
    this.dirty.add(field.name);
    this.keepCopy();
    if (!this.stopped) this.plan(pause);
  }

  plan(pause) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), pause);
  }

  show(state, text) {
    for (const line of [this.state, this.pill]) {
      if (!line) continue;
      line.dataset.saveState = state;
      line.querySelector("[data-save-text]").textContent = text;
    }
  }

  /** On a long page the line is repeated at the window's edge while the real one is out of sight. */
  followState() {
    if (!this.state) return null;
    const pill = this.state.cloneNode(true);
    pill.classList.add("save-pill");
    pill.setAttribute("aria-hidden", "true");
    pill.removeAttribute("aria-live");
    document.body.append(pill);
    new IntersectionObserver(([entry]) => { pill.hidden = entry.isIntersecting; }).observe(this.state);
    return pill;
  }

  /** One request at a time; resolves when nothing is left to send or sending has failed. */
  async save() {
    if (this.busy) return this.busy.then(() => this.dirty.size && !this.waitsForRetry && this.save());
    if (!this.dirty.size || this.stopped) return undefined;
    window.clearTimeout(this.timer);
    this.waitsForRetry = false;
    this.busy = this.sendOnce().finally(() => { this.busy = null; });
    return this.busy;
  }

  async sendOnce() {
    const names = [...this.dirty];
    const body = new URLSearchParams();
    for (const name of names) for (const value of this.valuesOf(name)) body.append(name, value);
    body.set("_fields", names.join(","));
    body.set("version", this.form.elements.version?.value ?? "");
    const sent = new Map(names.map((name) => [name, JSON.stringify(this.valuesOf(name))]));
    this.show("saving", "Kaydediliyor…");
    let answer;
    try {
      answer = await send(this.url, { body, headers: { Accept: "application/json" } });
    } catch {
      this.retry();
      return;
    }
    const data = await answer.response.json().catch(() => ({}));
    if (answer.lostSession) await this.signIn();
    else if (answer.ok) this.saved(data, sent);
    else if (answer.status === 409) this.conflict(data);
    else if (answer.status === 400 || answer.status === 422) this.invalid(data.errors ?? {}, names);
    else if (answer.status === 429 || answer.status >= 500) this.retry();
    else this.stop(data.message ?? "Bu kayıt artık değiştirilemiyor. Yazdıklarınız bu cihazda duruyor; sayfayı yenileyiniz.");
  }

  saved(data, sent) {
    this.refused = 0;
    this.delay = FIRST_RETRY;
    if (data.version !== undefined && this.form.elements.version) this.form.elements.version.value = data.version;
    const errors = data.errors ?? {};
    for (const [name, value] of sent) {
      if (JSON.stringify(this.valuesOf(name)) === value) this.dirty.delete(name);
      this.showErrors(name, errors[name] ?? []);
    }
    for (const [selector, html] of Object.entries(data.html ?? {})) {
      document.querySelectorAll(selector).forEach((element) => { element.innerHTML = html; });
    }
    this.keepCopy(Object.keys(errors));
    if (Object.keys(errors).length) this.show("retry", "Bazı alanlar kaydedilmedi: işaretli alanları düzeltiniz.");
    else this.show("saved", `${clockWords(data.saved_at ? new Date(data.saved_at) : new Date())} kaydedildi`);
    this.form.dispatchEvent(new CustomEvent("autosave:saved", { detail: data, bubbles: true }));
    if (this.dirty.size) this.plan(PAUSE);
  }

  invalid(errors, names) {
    for (const name of names) {
      this.showErrors(name, errors[name] ?? []);
      this.dirty.delete(name);
    }
    this.keepCopy(names);
    this.show("retry", "Kaydedilmedi: işaretli alanları düzeltiniz.");
  }

  retry() {
    this.waitsForRetry = true;
    this.show("retry", "Kaydedilemedi, yeniden denenecek. Yazdıklarınız bu cihazda duruyor.");
    this.plan(this.delay);
    this.delay = Math.min(this.delay * 2, LAST_RETRY);
  }

  async signIn() {
    this.refused += 1;
    if (this.refused > 2) {
      this.stop("Bu kaydı değiştirme yetkiniz yok. Yazdıklarınız bu cihazda duruyor.");
      return;
    }
    this.show("retry", "Kaydedilmedi: oturumunuz sona erdi.");
    if (await keepFresh()) this.plan(0);
    else this.refused = 0;
  }

  conflict(data) {
    this.stopped = true;
    this.show("stopped", "Kaydedilmedi: bu kayıt siz düzenlerken değişti.");
    showConflict(this.form, data, (choices) => {
      if (this.form.elements.version) this.form.elements.version.value = data.version;
      this.stopped = false;
      for (const { name, keepMine } of choices) {
        if (keepMine) this.dirty.add(name);
        else this.dirty.delete(name);
      }
      this.keepCopy();
      if (this.dirty.size) this.plan(0);
      else this.show("saved", "Kayıtlı olan yazı alındı.");
    });
  }

  stop(text) {
    this.stopped = true;
    this.show("stopped", text);
  }

  showErrors(name, errors) {
    const box = this.form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!box) return;
    const fields = box.querySelectorAll("input, select, textarea");
    box.querySelector("[data-autosave-errors]")?.remove();
    if (!errors.length) {
      box.querySelector("ul.errorlist")?.remove();
      fields.forEach((field) => field.removeAttribute("aria-invalid"));
      return;
    }
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.dataset.autosaveErrors = "";
    list.id = `${fields[0]?.id ?? name}_autosave_error`;
    list.append(...errors.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    box.append(list);
    fields.forEach((field) => {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${list.id}`.trim());
    });
  }

  /** An unsaved text also lies on the device until the server has it. */
  keepCopy(refused = []) {
    const names = [...new Set([...this.dirty, ...refused])];
    try {
      if (!names.length) window.localStorage.removeItem(this.key);
      else {
        const fields = Object.fromEntries(names.map((name) => [name, this.valuesOf(name)]));
        window.localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), user: document.body.dataset.user, fields }));
      }
    } catch {
      // A full or forbidden store takes nothing away from saving on the server.
    }
  }

  readCopy() {
    try {
      const copy = JSON.parse(window.localStorage.getItem(this.key) ?? "null");
      if (!copy || copy.user !== document.body.dataset.user) return null;
      if (Date.now() - copy.at > KEEP_DAYS * 86400000) {
        window.localStorage.removeItem(this.key);
        return null;
      }
      return copy;
    } catch {
      return null;
    }
  }

  offerCopy() {
    const copy = this.readCopy();
    if (!copy) return;
    const changed = Object.entries(copy.fields).filter(([name, values]) => JSON.stringify(values) !== JSON.stringify(this.valuesOf(name)));
    if (!changed.length) {
      window.localStorage.removeItem(this.key);
      return;
    }
    const box = document.createElement("div");
    box.className = "notice notice-warning recovered";
    box.setAttribute("role", "status");
    const text = document.createElement("div");
    const line = document.createElement("p");
    const day = new Date(copy.at).toLocaleDateString("tr-TR");
    line.textContent = `Bu cihazda ${day} ${clockWords(new Date(copy.at))} yazılıp sunucuya ulaşmamış bir metin bulundu.`;
    const buttons = document.createElement("p");
    buttons.className = "cluster";
    buttons.append(
      this.button("Metni geri getir", "btn btn-primary btn-sm", () => { this.restore(changed); box.remove(); }),
      this.button("Sil", "btn btn-outline btn-sm", () => { window.localStorage.removeItem(this.key); box.remove(); }),
    );
    text.append(line, buttons);
    box.append(text);
    this.form.prepend(box);
  }

  button(text, css, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: css, textContent: text });
    button.addEventListener("click", act);
    return button;
  }

  restore(fields) {
    for (const [name, values] of fields) {
      setField(this.form, name, values);
      this.dirty.add(name);
    }
    this.plan(0);
  }

  /** What is on its way is waited for, so that the sent form carries the newest version. */
  async beforeSubmit(event) {
    if (this.leaving || (!this.busy && !this.dirty.size) || this.stopped) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    window.clearTimeout(this.timer);
    await this.save();
    if (this.stopped || (this.dirty.size && this.waitsForRetry)) return;
    this.leaving = true;
    this.form.requestSubmit(submitter ?? undefined);
  }
}

export function setField(form, name, values) {
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.multiple) [...field.options].forEach((option) => { option.selected = values.includes(option.value); });
    else field.value = values[0] ?? "";
  }
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
