// Inside the frame of a widget: tells the page around it that Escape was pressed, or that there
// is nothing left to answer. It tells nothing of what was answered.
(function () {
  "use strict";
  function tell(what) { window.parent.postMessage({ vivencia: what }, "*"); }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") tell("close");
  });
  if (!document.getElementById("survey")) tell("over");
})();
