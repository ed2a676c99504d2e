// Choosing a reason puts its ready-made sentence into the text, unless the person has written there. A select names
// the text in data-ready-sentence and bears the sentences in its options; a radio bears both itself.
const offered = new Map();

function offer(text, sentence) {
  if (!text || (text.value.trim() && text.value !== offered.get(text))) return;
  text.value = sentence;
  offered.set(text, sentence);
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("select[data-ready-sentence]")) {
    offer(document.querySelector(field.dataset.readySentence), field.selectedOptions[0]?.dataset.sentence ?? "");
  } else if (field.matches("input[data-sentence-into]")) {
    offer(document.querySelector(field.dataset.sentenceInto), field.dataset.sentence ?? "");
  }
});
