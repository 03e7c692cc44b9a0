/* Menus are <details> and work without this file. With it, one is open at a time, Escape closes
   it and gives the focus back, and a press elsewhere closes it too. */
(function () {
  function opened() { return document.querySelectorAll("details[data-menu][open]"); }
  document.addEventListener("toggle", function (event) {
    var menu = event.target;
    if (!menu.matches("details[data-menu]") || !menu.open) return;
    opened().forEach(function (other) { if (other !== menu && !other.contains(menu)) other.open = false; });
  }, true);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    opened().forEach(function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
  });
  document.addEventListener("click", function (event) {
    opened().forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });
})();

/* From the demo to one's own installation: goes on as soon as the new server answers. It is here
   because the old server is ending: only what a browser already holds can still be run. Without
   it the page goes on by itself, later. */
(function () {
  var row = document.querySelector("[data-begin]"), tries = 0;
  if (!row) return;
  var link = row.querySelector("a").href;
  function look() {
    fetch(link).then(function (answer) { if (!answer.ok) throw answer; location.assign(link); })
      .catch(function () { tries += 1; row.hidden = tries < 40; setTimeout(look, 500); });
  }
  row.hidden = true;
  look();
})();
