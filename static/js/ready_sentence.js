// Choosing a reason puts its ready-made sentence into the text, unless the person has written there.
document.querySelectorAll("select[data-ready-sentence]").forEach((select) => {
  const text = document.querySelector(select.dataset.readySentence);
  let offered = "";
  select.addEventListener("change", () => {
    const sentence = select.selectedOptions[0]?.dataset.sentence ?? "";
    if (!text || (text.value.trim() && text.value !== offered)) return;
    text.value = sentence;
    offered = sentence;
  });
});
