// Remembers a visitor's address in their own browser, so that they type it once. Nothing is sent anywhere.
(function () {
  "use strict";
  var key = "guildhall.address";
  var fields = document.querySelectorAll("input[name=address]");
  function read() {
    try { return localStorage.getItem(key) || ""; } catch (refused) { return ""; }
  }
  function keep(address) {
    try { if (address) localStorage.setItem(key, address); else localStorage.removeItem(key); } catch (refused) { /* private window */ }
  }
  fields.forEach(function (field) {
    if (!field.value) field.value = read();
    if (field.form) field.form.addEventListener("submit", function () { keep(field.value.trim()); });
  });
})();
