// The survey page works without this. With it, a score is saved as soon as it is chosen, and a
// long text counts its characters.
(function () {
  "use strict";
  var form = document.getElementById("survey");
  if (!form) return;

  function visible() {
    return document.visibilityState === "visible" ? "yes" : "no";
  }

  var seen = document.createElement("input");
  seen.type = "hidden";
  seen.name = "_seen";
  form.appendChild(seen);
  form.addEventListener("submit", function () { seen.value = visible(); });

  // Saved once, a moment after the last change: somebody moving through the scale with the
  // arrow keys has not chosen yet.
  var QUIET_MS = 1200;
  var waiting = 0;
  var score = form.querySelector('[name="_step"]').value === "_score";
  function save() {
    seen.value = visible();
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        var there = new DOMParser().parseFromString(text, "text/html").getElementById("saved");
        var here = document.getElementById("saved");
        if (there && there.textContent.trim()) here.textContent = here.dataset.saved;
      })
      .catch(function () { /* the button saves it too */ });
  }
  if (score) {
    form.addEventListener("change", function () {
      clearTimeout(waiting);
      waiting = setTimeout(save, QUIET_MS);
    });
    form.addEventListener("submit", function () { clearTimeout(waiting); });
  }

  form.querySelectorAll("textarea[data-most]").forEach(function (field) {
    var most = Number(field.dataset.most);
    var count = document.createElement("p");
    count.className = "count";
    field.after(count);
    function tell() {
      var left = most - Array.from(field.value).length;
      var near = left < most / 5;
      count.hidden = !near;
      count.classList.toggle("over", left < 0);
      count.setAttribute("role", left < 0 ? "alert" : "");
      count.textContent = (left < 0 ? form.dataset.over : form.dataset.left)
        .replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    }
    field.addEventListener("input", tell);
    tell();
  });
})();
