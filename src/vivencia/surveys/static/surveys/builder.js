/* The editor works without this file: every change is a form. With it, a question can be dragged
   to another place, Ctrl+Z undoes outside of texts, a condition is kept once it is whole, and each request says which
   draft it saw. */
(function () {
  var dragged = null;

  document.addEventListener("htmx:configRequest", function (event) {
    var side = document.getElementById("side");
    if (side && event.detail.parameters.base !== undefined) event.detail.parameters.base = side.dataset.base;
  });

  // A button's request is the editor's own: what a change before it brings may replace the button.
  document.addEventListener("submit", function (event) {
    var editor = document.getElementById("editor"), form = event.target;
    if (!editor || !editor.contains(form) || !form.action.endsWith("/change/")) return;
    event.preventDefault();
    htmx.ajax("POST", form.action, {
      source: editor, target: editor, swap: "innerHTML",
      values: Object.fromEntries(new FormData(form, event.submitter)),
    });
  });

  // A condition is kept once it is whole; and whoever chooses one takes back the rule by hand. What
  // its question can be answered with is offered.
  document.addEventListener("change", function (event) {
    var line = event.target.closest && event.target.closest("#editor .if-line");
    if (!line) return;
    var name = line.querySelector("[name$='.name']"), value = line.querySelector("[name$='.value']");
    var operator = line.querySelector("[name$='.operator']").value;
    var rule = line.closest("fieldset").querySelector("[name$='.text']");
    rule.value = rule.defaultValue;
    value.setAttribute("list", "answers-" + name.value);
    if (name.value && !value.value.trim() && operator !== "empty" && operator !== "answered") event.stopPropagation();
  }, true);

  // A new question is written at once; htmx would give the focus back to the button.
  document.addEventListener("htmx:afterSettle", function () {
    var first = document.querySelector("#editor [autofocus]");
    if (!first) return;
    first.removeAttribute("autofocus");
    first.focus();
  });

  function spot(target) { return target.closest ? target.closest("#outline [data-key], #outline [data-page]") : null; }
  function clear() { document.querySelectorAll("#outline .over").forEach(function (one) { one.classList.remove("over"); }); }

  document.addEventListener("dragstart", function (event) {
    var item = event.target.closest && event.target.closest("#outline [data-key]");
    if (!item) return;
    dragged = item.dataset.key;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
  });
  document.addEventListener("dragover", function (event) {
    var there = dragged && spot(event.target);
    if (!there) return;
    event.preventDefault();
    clear();
    there.classList.add("over");
  });
  document.addEventListener("dragend", function () { dragged = null; clear(); });
  document.addEventListener("drop", function (event) {
    var there = dragged && spot(event.target), form = document.getElementById("place");
    if (!there || !form) return;
    event.preventDefault();
    var page = there.closest("[data-page]"), key = dragged;
    var others = Array.prototype.filter.call(page.querySelectorAll("[data-key]"), function (one) { return one.dataset.key !== key; });
    var place = others.indexOf(there);
    form.elements.at.value = key;
    form.elements.page.value = page.dataset.page;
    form.elements.place.value = place < 0 ? others.length : place;
    dragged = null;
    clear();
    if (there.dataset.key !== key) form.requestSubmit();
  });

  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target.matches("input, textarea, select")) return;
    var button = document.getElementById(event.shiftKey ? "redo" : "undo");
    if (button && !button.disabled) { event.preventDefault(); button.click(); }
  });
})();
