// A survey on a device of ours. It draws and keeps; what an answer comes to is the server's.
(function () {
  "use strict";
  var kept = window.surveyKept, holds = window.surveyRules.holds;
  var root = document.getElementById("kiosk");
  var stage = document.getElementById("steps");
  var count = document.getElementById("waiting");
  var TEND_EVERY_MS = 20000, THANKS_MS = 7000, AT_ONCE = 50;
  var key = "", survey = null, language = "", now = null, sending = false, wholePageKept = false, idle = 0;

  function show(id) {
    ["nobody", "retired"].forEach(function (one) { document.getElementById(one).hidden = one !== id; });
    stage.hidden = id !== "steps";
  }
  function ask(address, body) {
    return fetch(address, {
      method: body ? "POST" : "GET", body: body, cache: "no-store",
      headers: { Authorization: "Bearer " + key, "Content-Type": "application/json" },
    });
  }

  // ── answers that wait ─────────────────────────────────────────────────────
  function tell() {
    return kept.waiting().then(function (ids) {
      var words = survey && survey.words[language];
      count.textContent = ids.length && words ? words.waiting.replace("{n}", ids.length) : "";
      return ids;
    });
  }
  function send() {
    if (sending || !key) return Promise.resolve();
    sending = true;
    return tell().then(function (ids) {
      if (!ids.length) return;
      return Promise.all(ids.slice(0, AT_ONCE).map(kept.read)).then(function (answers) {
        return ask(root.dataset.answers, JSON.stringify({ sent: Date.now(), answers: answers }));
      }).then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (told) {
        if (!told) return;
        if (!told.alive) retire();
        return Promise.all(Object.keys(told.results).map(kept.done)).then(tell);
      });
    }).catch(function () { /* no network: they wait */ }).then(function () { sending = false; });
  }
  function retire() { survey = null; now = null; show("retired"); }

  // ── one person's answer ───────────────────────────────────────────────────
  function begin() {
    now = { id: chance(), shown: Date.now(), steps: [], answers: {}, said: {} };
    draw(survey.first);
  }
  function chance() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }
  function save() {
    var answer = {
      id: now.id, shown: now.shown, at: Date.now(), version: survey.version, language: language,
      steps: now.steps,
    };
    return kept.wait(now.id, answer).then(tell).then(send);
  }
  function asked(page) { // ids of the page that are shown, given what was answered
    return page[1].filter(function (id) {
      return holds(survey.rules[id], now.answers) && !(id === survey.headline && scoredBefore());
    });
  }
  function scoredBefore() { return survey.first === survey.score && survey.headline in now.answers; }
  function following(step) {
    var at = survey.pages.findIndex(function (page) { return page[0] === step; });
    var next = survey.pages.slice(at + 1).find(function (page) { return asked(page).length; });
    return next ? next[0] : "";
  }

  // ── drawing ───────────────────────────────────────────────────────────────
  function draw(step) {
    Array.from(stage.children).forEach(function (one) { one.hidden = true; });
    var form = stage.querySelector('[data-step="' + step + '"]');
    form.reset();
    form.hidden = false;
    fill(form);
    refresh(form);
    window.scrollTo(0, 0);
  }
  function fill(part) { // what was answered before, where a text repeats it
    var walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (var node = walker.nextNode(); node; node = walker.nextNode()) {
      node.vivencia = node.vivencia || node.data;
      node.data = node.vivencia.replace(/\{([a-z][a-z0-9_]*)\}/g, function (whole, name) {
        return name in now.said ? now.said[name] : "";
      });
    }
  }
  function refresh(form) { // questions that depend on others of the same page
    var step = form.dataset.step;
    var page = survey.pages.find(function (one) { return one[0] === step; });
    if (!page) return;
    var answers = Object.assign({}, now.answers, read(form).answers);
    form.querySelectorAll("[data-q]").forEach(function (question) {
      var id = question.dataset.q;
      var there = holds(survey.rules[id], answers) && !(id === survey.headline && scoredBefore());
      question.hidden = !there;
      question.querySelectorAll("input, select, textarea").forEach(function (field) {
        field.disabled = !there;
      });
    });
  }
  function read(form) {
    var found = { posted: {}, answers: {}, said: {} };
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && value.trim()) (found.posted[name] = found.posted[name] || []).push(value);
    });
    form.querySelectorAll("[data-q]").forEach(function (question) { take(question, found); });
    return found;
  }
  function take(question, found) {
    var id = question.dataset.q, values = found.posted[id];
    var rows = Object.keys(found.posted).filter(function (name) {
      return name.indexOf(id + ".") === 0 && name !== id + ".other";
    });
    if (question.classList.contains("q-matrix") && rows.length) {
      found.answers[id] = {};
      rows.forEach(function (name) { found.answers[id][name.slice(id.length + 1)] = found.posted[name][0]; });
    } else if (question.classList.contains("q-ranking") && rows.length) {
      found.answers[id] = rows.sort(function (a, b) { return found.posted[a][0] - found.posted[b][0]; })
        .map(function (name) { return name.slice(id.length + 1); });
    } else if (values) {
      found.answers[id] = question.classList.contains("q-scale") ? Number(values[0])
        : question.classList.contains("q-ticks") ? values
        : question.classList.contains("q-consent") ? true : values[0];
      var texts = Array.from(question.querySelectorAll("input:checked + span"), function (one) {
        return one.textContent.trim();
      });
      found.said[id] = texts.join(", ") || values[0];
    }
  }
  function missing(form, answers) {
    var step = form.dataset.step;
    return Array.from(form.querySelectorAll("[data-q]")).filter(function (question) {
      var id = question.dataset.q;
      var must = step === survey.score || survey.required.indexOf(id) >= 0;
      question.querySelectorAll(".err").forEach(function (one) { one.remove(); });
      question.classList.remove("bad");
      if (question.hidden) return false;
      question.vivenciaWrong = must && !(id in answers) ? "missing" : wrong(question, must);
      return question.vivenciaWrong;
    });
  }
  function wrong(question, must) { // what only who stands here can mend; "" when it is in order
    var field = question.querySelector("input[type=email], input[type=tel]");
    if (field && !field.validity.valid) return "email";
    if (field && field.type === "tel" && field.value.trim() && !isPhone(field.value)) return "phone";
    var rows = Array.from(question.querySelectorAll("select, .matrix-row"), function (row) {
      return row.matches("select") ? row.value : (row.querySelector(":checked") || {}).value || "";
    });
    var given = rows.filter(Boolean);
    if (must && given.length && given.length < rows.length) return "rows";
    var places = question.classList.contains("q-ranking") ? given.map(Number).sort(byNumber) : [];
    return places.some(function (place, at) { return place !== at + 1; }) ? "places" : "";
  }
  function byNumber(a, b) { return a - b; }
  function isPhone(text) {
    var digits = text.replace(/\D/g, "").length;
    return /^\s*\+?[\d\s().\-\/]+$/.test(text) && digits >= 6 && digits <= 15;
  }
  function complain(questions) {
    questions.forEach(function (question) {
      var words = document.createElement("p");
      words.className = "err";
      words.setAttribute("role", "alert");
      words.textContent = survey.words[language][question.vivenciaWrong];
      question.classList.add("bad");
      (question.querySelector("legend") || question.querySelector("label")).after(words);
    });
    questions[0].scrollIntoView({ block: "center" });
  }

  stage.addEventListener("submit", function (event) {
    event.preventDefault();
    var form = event.target, step = form.dataset.step, found = read(form);
    var without = missing(form, found.answers);
    if (without.length) return complain(without);
    now.steps.push([step, found.posted]);
    Object.assign(now.answers, found.answers);
    Object.assign(now.said, found.said);
    var next = following(step);
    if (next) return draw(next);
    save().then(null, function () { /* kept; sent later */ });
    thank();
  });
  stage.addEventListener("change", function (event) {
    if (event.target.form) refresh(event.target.form);
  });

  function thank() {
    var at = survey.thanks.findIndex(function (rule) { return rule && holds(rule, now.answers); });
    if (at < 0) at = survey.thanks.findIndex(function (rule) { return !rule; });
    Array.from(stage.children).forEach(function (one) { one.hidden = true; });
    var words = stage.querySelector('[data-thanks="' + (at < 0 ? survey.thanks.length : at) + '"]');
    words.hidden = false;
    fill(words);
    words.firstElementChild.focus();
    now.steps = [];
    setTimeout(begin, THANKS_MS);
  }

  function leave() { // a page that was begun, as far as it was answered
    var form = stage.querySelector("form:not([hidden])"), found = form && read(form);
    if (found && Object.keys(found.answers).length) {
      now.steps.push([form.dataset.step, Object.assign(found.posted, { _part: ["yes"] })]);
    }
  }

  // ── nobody there: what was answered is kept, and the next person finds it fresh ──
  function touched() {
    clearTimeout(idle);
    idle = setTimeout(function () {
      if (!survey || !now) return;
      leave();
      if (now.steps.length) save().catch(function () { /* kept */ });
      if (now.steps.length || stage.querySelector("form:not([hidden]) :checked")) begin();
    }, survey ? survey.idle_s * 1000 : 45000);
  }
  ["pointerdown", "keydown"].forEach(function (kind) { document.addEventListener(kind, touched); });

  // ── beginning ─────────────────────────────────────────────────────────────
  function speak(wanted) {
    language = survey.languages.indexOf(wanted) >= 0 ? wanted : survey.languages[0];
    document.documentElement.lang = language;
    var made = new DOMParser().parseFromString(survey.html[language], "text/html");
    stage.replaceChildren.apply(stage, Array.from(made.body.children));
    languages();
    begin();
    tell();
  }
  function languages() {
    var head = document.querySelector(".survey header"), old = head.querySelector("nav");
    if (old) old.remove();
    if (survey.languages.length < 2) return;
    var nav = document.createElement("nav");
    survey.languages.filter(function (one) { return one !== language; }).forEach(function (one) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.lang = one;
      var name = new Intl.DisplayNames([one], { type: "language" }).of(one);
      button.textContent = name.charAt(0).toLocaleUpperCase(one) + name.slice(1);
      button.addEventListener("click", function () { speak(one); });
      nav.append(button);
    });
    head.append(nav);
  }
  function start(told) {
    survey = told;
    if (told.look && !document.querySelector('link[href="' + told.look + '"]')) {
      var look = document.createElement("link");
      look.rel = "stylesheet";
      look.href = told.look;
      document.head.append(look);
    }
    document.querySelector(".survey header span").textContent = told.organisation;
    show("steps");
    speak(navigator.language.slice(0, 2));
    touched();
  }
  function load() {
    return ask(root.dataset.survey).then(function (answer) {
      if (answer.ok) return answer.json();
      if (answer.status === 404) return { retired: true };
      throw new Error("later");
    }).then(function (told) {
      if (told.retired) return null;
      return kept.set("survey", told).then(function () { return told; });
    }, function () { return kept.get("survey"); });
  }
  function keepThisPage() { // for when there is no network; what does not come is asked for again
    if (wholePageKept || !("serviceWorker" in navigator)) return Promise.resolve();
    return navigator.serviceWorker.register(root.dataset.worker).then(function () {
      return caches.open("vivencia-kiosk");
    }).then(function (cache) {
      var files = Array.from(document.querySelectorAll("link[rel=stylesheet], script[src]"), function (one) {
        return one.href || one.src;
      });
      return cache.addAll([location.pathname].concat(files));
    }).then(function () { wholePageKept = true; }).catch(function () { /* at the next turn */ });
  }
  function tend() { keepThisPage(); return send(); }

  if (!kept.possible) return show("nobody");
  var given = location.hash.slice(1);
  if (given) history.replaceState(null, "", location.pathname);
  (given ? kept.set("device", given).then(function () { return given; }) : kept.get("device"))
    .then(function (found) {
      if (!found) return show("nobody");
      key = found;
      return load().then(function (told) {
        if (told) start(told); else retire();
        return tend(); // the survey may have brought a look of its own
      }).then(function () {
        window.addEventListener("online", tend);
        setInterval(tend, TEND_EVERY_MS);
      });
    });
})();
