// While an agent reads a survey out: digits choose on the first scale without an answer ("1", then
// "0" at once, is a ten), Enter goes on. Everything works by mouse and Tab as well.
(function () {
  "use strict";
  var form = document.getElementById("call");
  if (!form) return;
  var typed = "", at = 0;
  document.addEventListener("keydown", function (event) {
    var here = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (here.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    if (event.key === "Enter" && !here.matches("button, a")) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!/^\d$/.test(event.key)) return;
    typed = Date.now() - at < 800 ? typed + event.key : event.key;
    at = Date.now();
    var scales = Array.from(form.querySelectorAll(".q-scale"));
    var open = typed.length > 1 ? null : scales.find(function (one) { return !one.querySelector(":checked"); });
    var scale = open || scales.find(function (one) { return one === form.vivencia; }) || scales[0];
    var choice = scale && scale.querySelector('input[value="' + Number(typed) + '"]');
    if (!choice) return;
    form.vivencia = scale;
    choice.checked = true;
    choice.focus();
  });
})();
