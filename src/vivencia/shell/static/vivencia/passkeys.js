/* Passkeys: a form with data-passkey asks the browser for one before it is sent. What the browser
   is asked is in data-options, or at the address in data-ask; its answer goes into the hidden field
   `credential`. Buffers travel as base64url. */
(function () {
  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }
  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function asked(options) {
    var key = options.publicKey;
    key.challenge = bytes(key.challenge);
    if (key.user) key.user.id = bytes(key.user.id);
    ["allowCredentials", "excludeCredentials"].forEach(function (name) {
      (key[name] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return { publicKey: key };
  }
  function told(credential) {
    var response = { clientDataJSON: text(credential.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    });
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response,
      clientExtensionResults: credential.getClientExtensionResults()
    };
  }
  function options(form) {
    if (form.dataset.options) return Promise.resolve(JSON.parse(form.dataset.options));
    return fetch(form.dataset.ask, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (answer) { return answer.request_options; });
  }
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    form.hidden = !window.PublicKeyCredential && form.dataset.passkey === "get";
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      form.querySelector("[data-failed]").hidden = true;
      options(form)
        .then(function (given) { return navigator.credentials[form.dataset.passkey](asked(given)); })
        .then(function (credential) {
          form.elements.credential.value = JSON.stringify(told(credential));
          HTMLFormElement.prototype.submit.call(form);
        })
        .catch(function () { form.querySelector("[data-failed]").hidden = false; });
    });
  });
})();
