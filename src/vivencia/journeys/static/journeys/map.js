/* The map of journeys, for whoever has scripts. The server has drawn it already; here dagre lays it
   out anew, and it can be zoomed, moved, walked by keyboard and asked about one step without the
   page going away. Everything it says comes from the server's own words in the SVG. */
(function () {
  "use strict";

  var WIDTH = 156, RANK = 78, ROW = 34, MARGIN = 34, ARROW = 7, THICKEST = 40, LOOP = 14;
  var SMALLEST = 0.75, TALLEST = 860, STEP = 1.25, LARGEST = 3, MOVED = 4;

  function all(selector, root) { return Array.from(root.querySelectorAll(selector)); }
  function n(value) { return String(Math.round(value * 10) / 10); }

  /* ── layout ────────────────────────────────────────────────────────────── */

  function layOut(nodes, edges) {
    var graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", ranksep: RANK, nodesep: ROW, edgesep: 16, marginx: MARGIN, marginy: MARGIN + 16 });
    // The busiest first: dagre keeps them above whatever hangs together with nothing else.
    var busiest = nodes.slice().sort(function (a, b) { return b.count - a.count; });
    busiest.forEach(function (node) { graph.setNode(node.name, { width: WIDTH, height: node.height + 14 }); });
    edges.forEach(function (edge, i) {
      // Whole weights: dagre adds and takes them away again, and a rounding error would stop it.
      var weight = Math.ceil(Math.log2(1 + edge.count));
      if (edge.from !== edge.to) graph.setEdge(edge.from, edge.to, { weight: weight, i: i }, String(i));
    });
    dagre.layout(graph);
    var columns = [];
    nodes.forEach(function (node) {
      var at = graph.node(node.name);
      columns.push(at.x);
      node.x = at.x - WIDTH / 2; node.y = at.y - node.height / 2; node.middle = at.y;
    });
    graph.edges().forEach(function (key) {
      var drawn = graph.edge(key), edge = edges[drawn.i];
      // Only where a band passes a column of boxes: its ends are ports, and between columns it curves.
      edge.way = drawn.points.slice(1, -1).filter(function (point) {
        return columns.some(function (x) { return Math.abs(x - point.x) < 1; });
      });
    });
    return graph.graph();
  }

  /* Bands leave and enter a box side by side, in the order of where they come from. */
  function setPorts(nodes, edges) {
    var busiest = 1, middle = {};
    nodes.forEach(function (node) {
      middle[node.name] = node.middle;
      ["from", "to"].forEach(function (end) {
        var sum = edges.reduce(function (s, e) { return e[end] === node.name ? s + e.count : s; }, 0);
        busiest = Math.max(busiest, sum);
      });
    });
    edges.forEach(function (edge) { edge.thick = Math.max(2, THICKEST * edge.count / busiest); });
    nodes.forEach(function (node) {
      ["left", "right"].forEach(function (side) {
        var here = [];
        edges.forEach(function (edge) {
          if (edge.from === edge.to) return;
          var way = edge.way, first = way[0], last = way[way.length - 1];
          if (edge.from === node.name && (edge.back ? "left" : "right") === side) here.push({ edge: edge, end: "start", y: first ? first.y : middle[edge.to] });
          if (edge.to === node.name && (edge.back ? "right" : "left") === side) here.push({ edge: edge, end: "finish", y: last ? last.y : middle[edge.from] });
        });
        here.sort(function (a, b) { return a.y - b.y; });
        var y = node.middle - here.reduce(function (s, one) { return s + one.edge.thick; }, 0) / 2;
        here.forEach(function (one) {
          one.edge[one.end] = { x: side === "left" ? node.x : node.x + WIDTH, y: y + one.edge.thick / 2 };
          y += one.edge.thick;
        });
      });
    });
  }

  /* From port to port; past a column of boxes the band runs straight. */
  function curve(start, way, finish) {
    var path = "M" + n(start.x) + " " + n(start.y), turn = finish.x < start.x ? -1 : 1, at = start;
    function to(x, y) {
      var half = n((at.x + x) / 2);
      path += "C" + half + " " + n(at.y) + " " + half + " " + n(y) + " " + n(x) + " " + n(y);
      at = { x: x, y: y };
    }
    way.forEach(function (point) {
      to(point.x - turn * WIDTH / 2, point.y);
      path += "H" + n(at.x = point.x + turn * WIDTH / 2);
    });
    to(finish.x, finish.y);
    return path;
  }

  function head(x, y, dx, dy) {
    var bx = x - dx * ARROW, by = y - dy * ARROW;
    return "M" + n(x) + " " + n(y) + "L" + n(bx - dy * 5) + " " + n(by + dx * 5) + "L" + n(bx + dy * 5) + " " + n(by - dx * 5) + "z";
  }

  function drawEdge(edge, node) {
    var band = edge.element.querySelector(".m-band"), arrow = edge.element.querySelector(".m-arrow");
    var text = edge.element.querySelector("text"), label;
    edge.element.classList.toggle("back", edge.back || edge.from === edge.to);
    if (edge.from === edge.to) {
      var right = node.x + WIDTH * 0.7, left = node.x + WIDTH * 0.36, top = node.y - 34;
      edge.thick = Math.min(edge.thick, LOOP);
      band.setAttribute("d", "M" + n(right) + " " + n(node.y) + "C" + n(right + 12) + " " + n(top) + " " + n(left - 12) + " " + n(top) + " " + n(left) + " " + n(node.y - ARROW));
      arrow.setAttribute("d", head(left, node.y, 0, 1));
      label = { x: (right + left) / 2, y: top + 2 };
    } else {
      var finish = edge.back ? { x: edge.finish.x + ARROW, y: edge.finish.y } : edge.finish;
      band.setAttribute("d", curve(edge.start, edge.way, finish));
      arrow.setAttribute("d", edge.back ? head(edge.finish.x, edge.finish.y, -1, 0) : "");
      label = edge.way[edge.way.length >> 1] || { x: (edge.start.x + edge.finish.x) / 2, y: (edge.start.y + edge.finish.y) / 2 };
    }
    band.setAttribute("stroke-width", n(edge.thick));
    text.setAttribute("x", n(label.x)); text.setAttribute("y", n(label.y + 4));
  }

  /* ── one map ───────────────────────────────────────────────────────────── */

  function JourneyMap(frame) {
    this.frame = frame;
    this.svg = frame.querySelector("svg");
    this.nodes = all(".m-node", this.svg).map(function (a) {
      return { element: a, name: a.dataset.step, height: Number(a.dataset.height), count: Number(a.dataset.count) };
    });
    this.edges = all(".m-edge", this.svg).map(function (g) {
      return { element: g, from: g.dataset.from, to: g.dataset.to, count: Number(g.dataset.count) };
    });
    this.draw();
    this.frame.classList.add("live");
    this.frame.removeAttribute("tabindex");
    this.svg.removeAttribute("width"); this.svg.removeAttribute("height");
    this.svg.setAttribute("aria-describedby", "map-keys");
    all("[data-map-tools]", document).forEach(function (tool) { tool.hidden = false; });
    this.open();
    this.rove(this.middle().element, false);
    this.listen();
  }

  JourneyMap.prototype.node = function (name) {
    return this.nodes.find(function (node) { return node.name === name; });
  };

  /* What it is about: the chosen step, else the busiest. */
  JourneyMap.prototype.middle = function () {
    return this.nodes.find(function (node) { return node.element.classList.contains("sel"); }) ||
      this.nodes.reduce(function (a, b) { return b.count > a.count ? b : a; });
  };

  JourneyMap.prototype.draw = function () {
    var map = this, size = layOut(this.nodes, this.edges);
    this.edges.forEach(function (edge) {
      edge.back = edge.from !== edge.to && map.node(edge.to).x <= map.node(edge.from).x;
    });
    setPorts(this.nodes, this.edges);
    this.edges.forEach(function (edge) { drawEdge(edge, map.node(edge.from)); });
    this.nodes.forEach(function (node) { node.element.setAttribute("transform", "translate(" + n(node.x) + " " + n(node.y) + ")"); });
    this.size = { width: size.width, height: size.height };
  };

  /* ── zoom and move: only the viewBox changes ───────────────────────────── */

  JourneyMap.prototype.show = function (view) {
    this.view = view;
    this.svg.setAttribute("viewBox", [view.x, view.y, view.width, view.height].map(n).join(" "));
    this.fade();
  };

  /* Where the map goes on beyond its frame, the frame fades. */
  JourneyMap.prototype.fade = function () {
    var view = this.view, marks = this.frame.classList;
    marks.toggle("on-left", view.x > MARGIN);
    marks.toggle("on-right", view.x + view.width < this.size.width - MARGIN);
    marks.toggle("on-top", view.y > MARGIN);
    marks.toggle("on-bottom", view.y + view.height < this.size.height - MARGIN);
  };

  JourneyMap.prototype.at = function (scale, x, y) {
    var box = this.frame.getBoundingClientRect();
    this.scale = scale;
    this.show({ x: x, y: y, width: box.width / scale, height: box.height / scale });
  };

  /* Where a window of `seen` begins that has `middle` in it and stays within `whole`. */
  function about(middle, seen, whole) {
    if (seen >= whole) return (whole - seen) / 2;
    return Math.min(whole - seen, Math.max(0, middle - seen / 2));
  }

  /* At first as large as letters need, and about the chosen or the busiest step if not all fits. */
  JourneyMap.prototype.open = function () {
    var width = this.frame.clientWidth, scale = Math.min(width / this.size.width, TALLEST / this.size.height);
    scale = Math.min(1, Math.max(SMALLEST, scale));
    this.frame.style.height = Math.min(TALLEST, Math.ceil(this.size.height * scale)) + "px";
    var middle = this.middle();
    this.at(scale, about(middle.x + WIDTH / 2, width / scale, this.size.width),
      about(middle.middle, this.frame.clientHeight / scale, this.size.height));
  };

  JourneyMap.prototype.fit = function () {
    var box = this.frame.getBoundingClientRect();
    var scale = Math.min(1, box.width / this.size.width, box.height / this.size.height);
    this.at(scale, (this.size.width - box.width / scale) / 2, (this.size.height - box.height / scale) / 2);
  };

  JourneyMap.prototype.zoom = function (factor, point) {
    var box = this.frame.getBoundingClientRect();
    var scale = Math.min(LARGEST, Math.max(0.2, this.scale * factor));
    var across = point ? (point.clientX - box.left) / box.width : 0.5;
    var down = point ? (point.clientY - box.top) / box.height : 0.5;
    var x = this.view.x + across * (this.view.width - box.width / scale);
    var y = this.view.y + down * (this.view.height - box.height / scale);
    this.at(scale, x, y);
  };

  /* What has the focus is always in sight. */
  JourneyMap.prototype.reveal = function (element) {
    var box = this.frame.getBoundingClientRect(), it = element.getBoundingClientRect(), room = 48;
    var right = Math.max(0, it.right + room - box.right), left = Math.min(0, it.left - room - box.left);
    var down = Math.max(0, it.bottom + room - box.bottom), up = Math.min(0, it.top - room - box.top);
    this.at(this.scale, this.view.x + (it.width > box.width ? left : right + left) / this.scale,
      this.view.y + (it.height > box.height ? up : down + up) / this.scale);
  };

  JourneyMap.prototype.listen = function () {
    var map = this, held = null;
    all("[data-zoom]", document).forEach(function (button) {
      button.addEventListener("click", function () { map.press({ in: "+", out: "-", fit: "0" }[button.dataset.zoom]); });
    });
    this.frame.addEventListener("wheel", function (event) {
      if (!event.ctrlKey && !event.metaKey) return;  // the page keeps scrolling
      event.preventDefault();
      map.zoom(event.deltaY < 0 ? STEP : 1 / STEP, event);
    }, { passive: false });
    this.frame.addEventListener("pointerdown", function (event) {
      if (event.button === 0) held = { x: event.clientX, y: event.clientY, view: map.view, moved: false };
    });
    window.addEventListener("pointermove", function (event) {
      if (!held) return;
      var dx = event.clientX - held.x, dy = event.clientY - held.y;
      if (!held.moved && Math.hypot(dx, dy) < MOVED) return;
      held.moved = true;
      map.frame.classList.add("held");
      map.at(map.scale, held.view.x - dx / map.scale, held.view.y - dy / map.scale);
    });
    ["pointerup", "pointercancel"].forEach(function (kind) {
      window.addEventListener(kind, function () {
        map.dragged = Boolean(held && held.moved);
        held = null;
        map.frame.classList.remove("held");
      });
    });
    this.frame.addEventListener("dragstart", function (event) { event.preventDefault(); });
    this.frame.addEventListener("keydown", function (event) { map.key(event); });
    this.svg.addEventListener("focusin", function (event) {
      var stop = event.target.closest(".m-node, .m-edge");
      if (stop) { map.rove(stop, false); map.reveal(stop); }
    });
    new ResizeObserver(function () { if (map.frame.clientWidth) map.at(map.scale, map.view.x, map.view.y); }).observe(this.frame);
  };

  /* ── keyboard: one stop for Tab, arrows from there ─────────────────────── */

  JourneyMap.prototype.rove = function (stop, focus) {
    all(".m-node, .m-edge", this.svg).forEach(function (each) { each.setAttribute("tabindex", each === stop ? "0" : "-1"); });
    if (focus) stop.focus({ preventScroll: true });
  };

  JourneyMap.prototype.press = function (key) {
    if (key === "+" || key === "=") this.zoom(STEP);
    else if (key === "-" || key === "−") this.zoom(1 / STEP);
    else if (key === "0") this.fit();
    else return false;
    return true;
  };

  JourneyMap.prototype.key = function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    var stop = event.target.closest(".m-node, .m-edge"), next = null, done = true;
    if (this.press(event.key)) { event.preventDefault(); return; }
    if (!stop) return;
    if (event.key === "Escape") done = this.release();
    else if (event.key === "Enter" && stop.matches(".m-edge")) next = this.node(stop.dataset.to).element;
    else if (/^Arrow/.test(event.key)) next = stop.matches(".m-node") ? this.fromNode(stop, event.key) : this.fromEdge(stop, event.key);
    else done = false;
    if (next) this.rove(next, true);
    if (done && event.key !== "Enter" || next) event.preventDefault();
  };

  /* From a step: right and left along its strongest band, up and down to the next step. */
  JourneyMap.prototype.fromNode = function (element, key) {
    var name = element.dataset.step, end = { ArrowRight: "from", ArrowLeft: "to" }[key];
    if (end) return this.strongest(end, name);
    var here = this.node(name), turn = key === "ArrowDown" ? 1 : -1;
    var others = this.nodes.filter(function (node) { return (node.middle - here.middle) * turn > 1; });
    others.sort(function (a, b) {
      function away(node) { return Math.abs(node.middle - here.middle) + 3 * Math.abs(node.x - here.x); }
      return away(a) - away(b);
    });
    return others.length ? others[0].element : null;
  };

  JourneyMap.prototype.strongest = function (end, name) {
    var found = this.edges.filter(function (edge) { return edge[end] === name; });
    found.sort(function (a, b) { return b.count - a.count; });
    return found.length ? found[0].element : null;
  };

  /* From a band: right to where it goes, left to where it comes from, up and down to its sisters. */
  JourneyMap.prototype.fromEdge = function (element, key) {
    if (key === "ArrowRight") return this.node(element.dataset.to).element;
    if (key === "ArrowLeft") return this.node(element.dataset.from).element;
    var sisters = this.edges.filter(function (edge) { return edge.from === element.dataset.from; });
    sisters.sort(function (a, b) { return b.count - a.count; });
    var at = sisters.findIndex(function (edge) { return edge.element === element; });
    return sisters[(at + (key === "ArrowDown" ? 1 : sisters.length - 1)) % sisters.length].element;
  };

  /* ── choosing a step ───────────────────────────────────────────────────── */

  /* The page of that step is asked for, and its panel and marks are taken over. */
  JourneyMap.prototype.choose = function (url, remember) {
    var map = this, panel = document.getElementById("step");
    panel.setAttribute("aria-busy", "true");
    return fetch(url, { headers: { Accept: "text/html" } }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html"), fresh = page.querySelector("#step");
      if (!map.same(page)) throw new Error("another map");
      panel.replaceChildren.apply(panel, Array.from(fresh.childNodes).map(function (node) { return document.importNode(node, true); }));
      panel.removeAttribute("aria-busy");
      map.take(page);
      if (remember) history.pushState(null, "", url.split("#")[0]);
    }).catch(function () { location.assign(url); });
  };

  /* Whether `page` holds the very steps and bands drawn here: a step that is not among the
     strongest brings its own. */
  JourneyMap.prototype.same = function (page) {
    function names(root) {
      return all(".m-node, .m-edge", root).map(function (one) { return [one.dataset.step, one.dataset.from, one.dataset.to].join("\n"); }).join("\n\n");
    }
    return names(page) === names(this.frame);
  };

  JourneyMap.prototype.take = function (page) {
    var fresh = page.querySelector("svg.journey-map"), list = page.querySelector(".lived");
    this.svg.classList.toggle("chosen", fresh.classList.contains("chosen"));
    [".m-node", ".m-edge"].forEach(function (kind) {
      var marked = all(kind, fresh);
      all(kind, this.svg).forEach(function (each, i) {
        ["sel", "first"].forEach(function (mark) { each.classList.toggle(mark, marked[i].classList.contains(mark)); });
        ["href", "aria-current"].forEach(function (name) {
          if (marked[i].hasAttribute(name)) each.setAttribute(name, marked[i].getAttribute(name));
          else each.removeAttribute(name);
        });
      });
    }, this);
    document.querySelector(".lived").replaceWith(document.importNode(list, true));
  };

  JourneyMap.prototype.release = function () {
    var chosen = this.svg.querySelector(".m-node.sel");
    if (chosen) this.choose(chosen.getAttribute("href"), true);
    return Boolean(chosen);
  };

  function begin() {
    var frame = document.querySelector("[data-map]");
    if (!frame || !window.dagre || !frame.clientWidth || !frame.querySelector(".m-node")) return;
    var map = new JourneyMap(frame);
    document.addEventListener("click", function (event) {
      var link = event.target.closest("a.m-node, [data-choose], [data-release]");
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (map.dragged && link.matches(".m-node")) return;
      map.choose(link.getAttribute("href"), true);
    });
    window.addEventListener("popstate", function () { map.choose(location.href, false); });
  }
  begin();
})();
