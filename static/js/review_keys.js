// Keys for the buttons of a decision page: data-key="o". `?` lists them; off while typing; may be switched off.
const STORE = "bigep:keys-off";

function isTyping(target) {
  return target.isContentEditable || (target.matches?.("input, textarea, select") && !["checkbox", "radio", "button", "submit"].includes(target.type));
}

function isOff() {
  try {
    return window.localStorage.getItem(STORE) === "1";
  } catch {
    return false;
  }
}

function setOff(off) {
  try {
    window.localStorage.setItem(STORE, off ? "1" : "0");
  } catch {
    // Without a store the keys stay on.
  }
}

function reachable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.offsetParent !== null;
}

function words(element) {
  return element.dataset.keyLabel ?? [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
}

function setUp(area) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "key-help-title");
  dialog.innerHTML = '<div class="dialog-body"><div class="dialog-head"><h2 id="key-help-title">Klavye kısayolları</h2></div><dl class="key-list"></dl>'
    + '<div class="form-check"><input class="form-check-input" type="checkbox" id="key-switch"><label class="form-check-label" for="key-switch">Kısayolları bu cihazda kullan</label></div>'
    + '<div class="dialog-foot"><button type="button" class="btn btn-primary" data-dialog-close>Listeyi kapat</button></div></div>';
  document.body.append(dialog);
  const box = dialog.querySelector("input");
  box.addEventListener("change", () => setOff(!box.checked));

  const help = () => {
    const list = dialog.querySelector("dl");
    const lines = [...area.querySelectorAll("[data-key]")].map((element) => [element.dataset.key, words(element)]);
    list.replaceChildren(...[...lines, ["?", "Bu listeyi aç"]].flatMap(([key, text]) => {
      const term = document.createElement("dt");
      term.append(Object.assign(document.createElement("kbd"), { className: "key", textContent: key.toLocaleUpperCase("tr") }));
      return [term, Object.assign(document.createElement("dd"), { textContent: text })];
    }));
    box.checked = !isOff();
    dialog.showModal();
  };

  document.querySelectorAll("[data-key-help]").forEach((button) => button.addEventListener("click", help));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    if (isOff()) return;
    const pressed = event.key.toLocaleLowerCase("tr");
    const target = [...area.querySelectorAll("[data-key]")].find((element) => element.dataset.key === pressed && reachable(element));
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  });
}

const area = document.querySelector("[data-review-keys]");
if (area) setUp(area);
