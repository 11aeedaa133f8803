// Asks the browser for a passkey, to sign in or to prove who is there, or to make one, and sends what the device answers with the form of the page. Nothing
// is sent anywhere else.
(function () {
  "use strict";
  var form = document.getElementById("passkey");
  var offer = document.getElementById("passkey-offer");
  // Browsers know passkeys only on pages of https, and of this machine.
  if (!form || !offer || !window.PublicKeyCredential || !navigator.credentials) return;
  var button = offer.querySelector("button");
  var told = document.getElementById("passkey-told");
  var makes = form.dataset.asks === "new";
  var signsIn = form.dataset.asks === "known";
  var unable = document.getElementById("passkey-unable");
  offer.hidden = false;
  if (unable) unable.hidden = true;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }
  function letters(buffer) {
    var plain = "";
    new Uint8Array(buffer).forEach(function (byte) { plain += String.fromCharCode(byte); });
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function question() {
    var asked = JSON.parse(form.dataset.options);
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    (asked.excludeCredentials || []).forEach(function (known) { known.id = bytes(known.id); });
    return asked;
  }
  function send(credential) {
    var response = credential.response;
    var said = { clientDataJSON: letters(response.clientDataJSON) };
    if (makes) {
      said.attestationObject = letters(response.attestationObject);
    } else {
      said.authenticatorData = letters(response.authenticatorData);
      said.signature = letters(response.signature);
      said.userHandle = response.userHandle ? letters(response.userHandle) : null;
    }
    form.elements.namedItem("answer").value = JSON.stringify({ id: credential.id, type: credential.type, response: said });
    form.submit();
  }
  function explain(refused) {
    button.disabled = false;
    button.focus();
    if (refused.name === "InvalidStateError") {
      told.textContent = told.dataset.has;
    } else if (refused.name === "SecurityError") {
      told.textContent = told.dataset.unable;
    } else {
      told.textContent = told.dataset.nothing;
    }
  }

  // Beside what is asked for by the button, browsers offer passkeys where the name is typed.
  var offered = null;
  function offerInField() {
    var may = PublicKeyCredential.isConditionalMediationAvailable;
    if (!signsIn || !may) return;
    may.call(PublicKeyCredential).then(function (able) {
      if (!able) return;
      offered = new AbortController();
      navigator.credentials.get({ mediation: "conditional", publicKey: question(), signal: offered.signal }).then(send, function () {
        // It was called off for the button, or nothing was chosen: the button is still there.
      });
    });
  }
  button.addEventListener("click", function () {
    if (!form.reportValidity()) return;
    if (offered) offered.abort();
    button.disabled = true;
    told.textContent = "";
    var asked = makes ? navigator.credentials.create({ publicKey: question() }) : navigator.credentials.get({ publicKey: question() });
    asked.then(send, explain);
  });
  // A form that is sent by the Enter key would go without an answer; where a password is typed, that is one.
  form.addEventListener("submit", function (event) {
    var password = form.elements.namedItem("password");
    if (password && password.value) {
      form.elements.namedItem("answer").value = "";
      return;
    }
    event.preventDefault();
    button.click();
  });
  // Who comes back to the page by the browser's button finds the other one to be pressed again, and no answer: each counts
  // once.
  window.addEventListener("pageshow", function () {
    button.disabled = false;
    form.elements.namedItem("answer").value = "";
  });
  offerInField();
})();
