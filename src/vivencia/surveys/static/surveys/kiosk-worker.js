// Keeps the kiosk's own page and files for when there is no network. Answers are not its affair.
"use strict";
var CACHE = "vivencia-kiosk";

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("fetch", function (event) {
  var request = event.request;
  if (request.method !== "GET" || request.headers.has("Authorization")) return;
  event.respondWith(
    fetch(request).then(function (answer) {
      if (!answer.ok) throw new Error("kept rather than " + answer.status);
      var copy = answer.clone();
      event.waitUntil(caches.open(CACHE).then(function (cache) { return cache.put(request, copy); }));
      return answer;
    }).catch(function () {
      return caches.match(request, { ignoreVary: true }).then(function (found) { return found || Response.error(); });
    })
  );
});
