// What a device keeps: answers that wait, encrypted with a key that was made on it and can not be
// taken out of it (WebCrypto), in IndexedDB.
(function () {
  "use strict";
  var opened = null;

  function database() {
    opened = opened || new Promise(function (done, failed) {
      var asked = indexedDB.open("vivencia-kiosk", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("kept");
        asked.result.createObjectStore("waiting");
      };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { failed(asked.error); };
    });
    return opened;
  }

  function run(store, mode, job) {
    return database().then(function (db) {
      return new Promise(function (done, failed) {
        var turn = db.transaction(store, mode);
        var asked = job(turn.objectStore(store));
        turn.oncomplete = function () { done(asked.result); };
        turn.onerror = turn.onabort = function () { failed(turn.error); };
      });
    });
  }
  function get(store, key) { return run(store, "readonly", function (s) { return s.get(key); }); }
  function put(store, key, value) {
    return run(store, "readwrite", function (s) { return s.put(value, key); });
  }
  function keys(store) { return run(store, "readonly", function (s) { return s.getAllKeys(); }); }
  function forget(store, key) { return run(store, "readwrite", function (s) { return s.delete(key); }); }

  function key() {
    return get("kept", "key").then(function (found) {
      if (found) return found;
      return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
        .then(function (made) { return put("kept", "key", made).then(function () { return made; }); });
    });
  }

  function bytes(text) { return new TextEncoder().encode(text); }

  function seal(store, name, value) {
    var iv = crypto.getRandomValues(new Uint8Array(12));
    return key().then(function (k) {
      var how = { name: "AES-GCM", iv: iv, additionalData: bytes(name) };
      return crypto.subtle.encrypt(how, k, bytes(JSON.stringify(value)));
    }).then(function (data) { return put(store, name, { iv: iv, data: data }); });
  }

  function unseal(store, name) {
    return Promise.all([key(), get(store, name)]).then(function (both) {
      if (!both[1]) return null;
      var how = { name: "AES-GCM", iv: both[1].iv, additionalData: bytes(name) };
      return crypto.subtle.decrypt(how, both[0], both[1].data).then(function (data) {
        return JSON.parse(new TextDecoder().decode(data));
      });
    });
  }

  window.surveyKept = {
    possible: !!(window.isSecureContext && window.crypto && crypto.subtle && window.indexedDB),
    set: function (name, value) { return seal("kept", name, value); },
    get: function (name) { return unseal("kept", name); },
    wait: function (id, value) { return seal("waiting", id, value); },
    waiting: function () { return keys("waiting"); },
    read: function (id) { return unseal("waiting", id); },
    done: function (id) { return forget("waiting", id); },
  };
})();
