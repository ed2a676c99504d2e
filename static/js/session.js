// Signing in again without leaving the page. `keepFresh()` resolves true once the same person is signed in again.
const dialog = document.getElementById("sign-in");
let waiting = null;

export function token() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

/** A request with the token, whose answer tells a lost session apart: `{ ok, status, lostSession, response }`. */
export async function send(url, { method = "POST", body, headers = {} } = {}) {
  const response = await fetch(url, {
    method,
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest", ...headers },
  });
  const login = document.body.dataset.loginUrl;
  const sentAway = response.redirected && login && new URL(response.url).pathname === login;
  const lostSession = sentAway || response.status === 401 || response.status === 403;
  return { ok: response.ok && !sentAway, status: response.status, lostSession, response };
}

/** Whether the person of this page is signed in; takes the new token with it. Rejects where the server is away. */
export async function isSignedIn() {
  const response = await fetch(document.body.dataset.sessionUrl, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`session: ${response.status}`);
  const { user, token: fresh } = await response.json();
  document.querySelector("meta[name=csrf-token]")?.setAttribute("content", fresh);
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = fresh; });
  return user === document.body.dataset.user && user !== "";
}

function say(text) {
  const line = dialog.querySelector("[data-sign-in-error]");
  line.textContent = text;
  line.hidden = !text;
}

/** Asks to sign in, unless another tab has done so already. Closing the dialog resolves false. */
export function keepFresh() {
  if (!dialog) return Promise.resolve(false);
  waiting ??= isSignedIn().catch(() => false).then((signedIn) => signedIn || askToSignIn()).finally(() => { waiting = null; });
  return waiting;
}

function askToSignIn() {
  return new Promise((resolve) => {
    const form = dialog.querySelector("form");
    const finish = (signedIn) => {
      window.removeEventListener("focus", look);
      form.removeEventListener("submit", submit);
      dialog.removeEventListener("close", closed);
      if (dialog.open) dialog.close();
      form.reset();
      resolve(signedIn);
    };
    const closed = () => finish(false);
    const look = async () => {
      try {
        if (await isSignedIn()) finish(true);
      } catch {
        say("Sunucuya ulaşılamıyor. Bağlantınızı denetleyiniz.");
      }
    };
    const submit = async (event) => {
      event.preventDefault();
      event.stopPropagation();
      say("");
      const button = form.querySelector("[type=submit]");
      button.disabled = true;
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          body: new FormData(form),
          credentials: "same-origin",
          headers: { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
        });
        if (answer.status === 429) say("Çok sayıda deneme yapıldı. Birkaç dakika sonra yeniden deneyiniz.");
        else if (answer.status >= 500) say("Giriş şu anda yapılamıyor. Birkaç dakika sonra yeniden deneyiniz.");
        else if (await isSignedIn()) finish(true);
        else if (answer.ok) say("Giriş için bir adım daha var: yeni sekmede tamamlayıp bu sayfaya dönünüz.");
        else say("E-posta veya parola yanlış. Denetleyip yeniden deneyiniz.");
      } catch {
        say("Sunucuya ulaşılamıyor. Bağlantınızı denetleyiniz.");
      } finally {
        button.disabled = false;
      }
    };
    say("");
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", closed);
    window.addEventListener("focus", look);
    dialog.showModal();
    dialog.querySelector("input[type=password]").focus();
  });
}
