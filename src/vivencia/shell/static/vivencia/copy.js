// A button beside a text copies it. Without scripts the text is there to be marked by hand.
(function () {
  "use strict";
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const from = document.getElementById(button.dataset.copy);
    const word = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText((from.value || from.textContent).trim()).then(function () {
        button.textContent = button.dataset.done;
        setTimeout(function () { button.textContent = word; }, 2000);
      });
    });
  });
})();
