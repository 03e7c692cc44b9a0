// Inside the frame of a widget: tells the page around it that Escape was pressed, or that there
// is nothing left to answer, and what colours the survey has. It tells nothing of what was answered.
(function () {
  "use strict";
  function tell(what, look) { window.parent.postMessage({ vivencia: what, look: look }, "*"); }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") tell("close");
  });
  if (!document.getElementById("survey")) tell("over");
  var drawn = getComputedStyle(document.querySelector(".survey") || document.body);
  tell("drawn", { background: drawn.backgroundColor, color: drawn.color });
})();
