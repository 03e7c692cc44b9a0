/* A file field takes a dropped file without this; with it, the whole box does, and says which. */
(function () {
  document.querySelectorAll("[data-drop]").forEach(function (box) {
    var field = box.querySelector("input[type=file]"), said = box.querySelector("[data-drop-said]");
    function show() { said.textContent = field.files.length ? field.files[0].name : ""; }
    ["dragenter", "dragover"].forEach(function (name) {
      box.addEventListener(name, function (event) { event.preventDefault(); box.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      box.addEventListener(name, function () { box.classList.remove("over"); });
    });
    box.addEventListener("drop", function (event) {
      event.preventDefault();
      if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; show(); }
    });
    field.addEventListener("change", show);
  });
})();
