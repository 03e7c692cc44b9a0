/* A button beside a text copies it; without this file the text is there to be marked by hand. */
(function () {
  document.querySelectorAll("button[data-copies]").forEach(function (button) {
    var text = document.getElementById(button.dataset.copies);
    if (!text || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(text.textContent.trim()).then(function () {
        button.textContent = button.dataset.done;
      });
    });
  });
})();
