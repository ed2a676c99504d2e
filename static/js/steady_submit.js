// A form with `data-steady` is sent only once somebody is signed in and the server answers: until then its text stays.
import { isSignedIn, keepFresh } from "./session.js";

const NO_SERVER = "Sunucuya ulaşılamadı, form gönderilmedi. Yazdıklarınız bu sayfada duruyor; bağlantınız gelince yeniden deneyiniz.";
const SIGNED_OUT = "Form gönderilmedi: oturumunuz kapalı. Yazdıklarınız bu sayfada duruyor; giriş yapıp yeniden gönderiniz.";

function say(form, text) {
  form.querySelector("[data-steady-error]")?.remove();
  if (!text) return;
  const line = Object.assign(document.createElement("p"), { className: "field-error", textContent: text });
  line.dataset.steadyError = "";
  line.setAttribute("role", "alert");
  (form.querySelector(".form-actions, [type=submit]") ?? form.lastElementChild).before(line);
}

/** Whether the form may go: the server answers and the person of this page is signed in. */
async function ready(form) {
  try {
    if (await isSignedIn()) return true;
  } catch {
    say(form, NO_SERVER);
    return false;
  }
  if (await keepFresh()) return true;
  say(form, SIGNED_OUT);
  return false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-steady]") || form.dataset.steady === "ready") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.steady === "asking") return;
  form.dataset.steady = "asking";
  say(form, "");
  const { submitter } = event;
  const goes = await ready(form);
  form.dataset.steady = goes ? "ready" : "";
  if (goes) form.requestSubmit(submitter ?? undefined);
}, { capture: true });

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-steady]").forEach((form) => { form.dataset.steady = ""; });
});
