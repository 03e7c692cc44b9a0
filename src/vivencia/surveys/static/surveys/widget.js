// Vivencia on another site: opens one survey over the page, in a frame.
// No cookie. All it keeps, in localStorage, is when it last opened by itself.
(function () {
  "use strict";
  var script = document.currentScript;
  var found = script && /\/w\/([\w-]+)\.js$/.exec(new URL(script.src).pathname);
  if (!found || !window.HTMLDialogElement) return;
  var name = found[1];
  var given = script.dataset;
  var server = new URL(script.src).origin;
  var spanish = (document.documentElement.lang || navigator.language).slice(0, 2) === "es";
  var words = spanish ? { close: "Cerrar", survey: "Encuesta" } : { close: "Close", survey: "Survey" };
  var DAY_MS = 86400000;
  var memory = "vivencia-" + name;
  var dialog = null;
  var over = false;

  // Where there is no storage nobody remembers, and it opens by itself only once a page.
  function openedAt() {
    try { return Number(localStorage.getItem(memory)) || 0; } catch (e) { return 0; }
  }
  function remember() {
    try { localStorage.setItem(memory, String(Date.now())); } catch (e) { /* not kept */ }
  }

  function address() {
    var url = new URL("../f/" + name, script.src);
    if (given.customer && given.signature) {
      url.searchParams.set("customer", given.customer);
      url.searchParams.set("signature", given.signature);
    }
    var lang = (given.lang || document.documentElement.lang || "").slice(0, 2);
    if (lang) url.searchParams.set("lang", lang);
    return url.href;
  }

  // Each property by itself: a strict policy forbids style attributes, not the object model.
  function draw(element, style) {
    Object.keys(style).forEach(function (key) { element.style[key] = style[key]; });
    return element;
  }

  function build() {
    var box = draw(document.createElement("dialog"), {
      width: "min(94vw, 27rem)", height: "min(90vh, 44rem)", maxWidth: "none", maxHeight: "none",
      padding: "0", border: "1px solid #767676", borderRadius: "8px", overflow: "hidden",
      colorScheme: "light dark", background: "Canvas", color: "CanvasText", // as the frame is
    });
    box.setAttribute("aria-label", given.title || words.survey);
    var bar = draw(document.createElement("div"), { display: "flex", justifyContent: "flex-end" });
    var close = draw(document.createElement("button"), {
      minWidth: "44px", minHeight: "44px", border: "0", background: "none", color: "inherit",
      font: "24px/1 system-ui, sans-serif", cursor: "pointer",
    });
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", function () { box.close(); });
    var frame = draw(document.createElement("iframe"), {
      display: "block", width: "100%", height: "calc(100% - 44px)", border: "0",
    });
    frame.title = given.title || words.survey;
    frame.referrerPolicy = "no-referrer";
    frame.src = address();
    frame.addEventListener("load", function () { if (box.open) frame.focus(); }, { once: true });
    bar.append(close);
    box.append(bar, frame);
    box.addEventListener("click", function (event) { if (event.target === box) box.close(); });
    box.addEventListener("close", function () {
      if (!over) return; // left half done, it goes on where it was
      box.remove();
      dialog = null;
      over = false;
    });
    window.addEventListener("message", function (event) {
      if (event.origin !== server || event.source !== frame.contentWindow || !event.data) return;
      if (event.data.vivencia === "close") box.close();
      if (event.data.vivencia === "over") over = true;
      if (event.data.vivencia === "drawn" && event.data.look) { // the bar is the survey's own colour
        draw(box, { background: event.data.look.background, color: event.data.look.color });
      }
    });
    document.body.append(box);
    return box;
  }

  function open() {
    dialog = dialog || build();
    remember();
    if (!dialog.open) dialog.showModal(); // holds the focus, gives it back, closes on Escape
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-vivencia-open]");
    var wanted = button && button.getAttribute("data-vivencia-open");
    if (button && (!wanted || wanted === name)) { event.preventDefault(); open(); }
  });

  // ── by itself ─────────────────────────────────────────────────────────────
  var days = given.days === undefined ? 30 : Number(given.days);
  if (Date.now() - openedAt() < days * DAY_MS) return;
  var ended = false;

  function writing() {
    var at = document.activeElement;
    return at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT|IFRAME)$/.test(at.tagName));
  }
  function now() {
    if (ended) return;
    if (writing()) { // whoever is writing is not interrupted
      document.addEventListener("focusout", function () { setTimeout(now, 1000); }, { once: true });
      return;
    }
    ended = true;
    if (!dialog) open();
  }

  if (given.after !== undefined) setTimeout(now, Number(given.after) * 1000);
  if (given.scroll !== undefined) {
    var scrolled = function () {
      var all = document.documentElement.scrollHeight - window.innerHeight;
      if (all > 0 && window.scrollY / all * 100 < Number(given.scroll)) return;
      window.removeEventListener("scroll", scrolled);
      now();
    };
    window.addEventListener("scroll", scrolled, { passive: true });
  }
  if (given.exit !== undefined) {
    document.addEventListener("mouseout", function (event) {
      if (!event.relatedTarget && event.clientY <= 0) now();
    });
  }
})();
