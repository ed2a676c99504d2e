// The title of the tab follows a running job, and its end is announced once.
import { announce } from "./announce.js";

const title = document.title;

function look() {
  const job = document.querySelector("[data-job]");
  if (!job) return;
  const bar = job.querySelector("progress[value]");
  const running = ["queued", "running"].includes(job.dataset.job);
  document.title = running && bar ? `%${Math.floor((100 * bar.value) / bar.max)} · ${title}` : title;
  if (!running) announce(job.querySelector(".chip")?.textContent ?? "");
}

document.addEventListener("htmx:afterSwap", look);
look();
