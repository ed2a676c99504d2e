// What every page needs: the menu, dialogs, notices, the token of htmx requests, the focus on the first error.
import { announce } from "./announce.js";
import { keepFresh } from "./session.js";

function setUpMenu() {
  const sidebar = document.getElementById("sidebar");
  if (!sidebar) return;
  const veil = document.querySelector("[data-nav-close]");
  const buttons = document.querySelectorAll("[data-nav-toggle]");
  const opener = buttons[0];
  const show = (open) => {
    document.body.classList.toggle("nav-open", open);
    veil.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) sidebar.querySelector("a")?.focus();
    else opener.focus();
  };
  const isOpen = () => document.body.classList.contains("nav-open");
  buttons.forEach((button) => button.addEventListener("click", () => show(!isOpen())));
  veil.addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) show(false);
  });
  // Keep Tab inside while the menu covers the page.
  sidebar.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !isOpen()) return;
    const stops = [...sidebar.querySelectorAll("a, button")].filter((stop) => stop.offsetParent);
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === edge) {
      event.preventDefault();
      (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
    }
  });
  window.matchMedia("(min-width: 1200px)").addEventListener("change", () => isOpen() && show(false));
}

function setUpDropDowns() {
  const close = (menu, refocus) => {
    menu.open = false;
    if (refocus) menu.querySelector("summary").focus();
  };
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) close(menu, false);
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => close(menu, menu.contains(document.activeElement)));
  });
}

function setUpClicks() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      document.getElementById(opener.dataset.dialogOpen)?.showModal();
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      closer.closest("dialog").close();
      return;
    }
    if (event.target.closest("[data-dismiss]")) {
      event.target.closest("[data-dismissible]").remove();
      return;
    }
    if (event.target.closest("[data-print]")) {
      window.print();
      return;
    }
    const check = event.target.closest("[data-check-all]");
    if (check) {
      document.querySelectorAll(check.dataset.checkAll).forEach((box) => {
        if (box.disabled || box.checked === check.checked) return;
        box.checked = check.checked;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  });
}

// A second click on a button that is already sending would send twice.
function setUpSubmits() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });
}

function setUpHtmx() {
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 401 || status === 403) keepFresh();
    else announce("İşlem yapılamadı. Sayfayı yenileyip yeniden deneyiniz.");
  });
  document.addEventListener("htmx:sendError", () => announce("Sunucuya ulaşılamıyor. Bağlantınızı denetleyiniz."));
}

function focusFirstError() {
  const summary = document.querySelector("[data-form-errors], [data-conflict]");
  const field = document.querySelector("main [aria-invalid=true]");
  const target = field ?? summary;
  if (!target) return;
  target.closest("details")?.setAttribute("open", "");
  const stop = target.matches("input, select, textarea, [tabindex]") ? target : target.querySelector("input, select, textarea");
  stop?.focus();
}

// Phones show no PDF inside a page: there the file opens by itself.
function setUpViewer() {
  const shows = (kind) => kind === "image" || (kind === "pdf" && navigator.pdfViewerEnabled !== false);
  if (!shows("pdf")) {
    document.querySelectorAll("[data-frame] iframe").forEach((frame) => {
      frame.replaceWith(Object.assign(document.createElement("a"), { href: frame.src, textContent: `Aç: ${frame.title}`, className: "btn btn-outline" }));
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.button) return;
    const box = document.getElementById(link.dataset.view)?.querySelector("[data-frame]");
    if (!box || !shows(link.dataset.kind)) return;
    event.preventDefault();
    const shown = document.createElement(link.dataset.kind === "pdf" ? "iframe" : "img");
    shown.src = link.href;
    shown[link.dataset.kind === "pdf" ? "title" : "alt"] = link.textContent;
    box.replaceChildren(shown);
    link.closest("ul").querySelectorAll("a[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
  });
}

// The sign-in pages' own scripts report here when a key was not accepted.
function setUpKeyErrors() {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const card = document.querySelector(".entrance-card, main");
    card.querySelector("[data-key-error]")?.remove();
    const box = document.createElement("div");
    box.className = "notice notice-danger";
    box.dataset.keyError = "";
    box.setAttribute("role", "alert");
    box.append(Object.assign(document.createElement("div"), { textContent: "Anahtar kullanılamadı. Yeniden deneyiniz veya başka bir giriş yolu seçiniz." }));
    card.querySelector("h1").after(box);
  });
}

setUpKeyErrors();
setUpMenu();
setUpDropDowns();
setUpClicks();
setUpSubmits();
setUpHtmx();
setUpViewer();
focusFirstError();
