// Remembers a visitor's address in their own browser once it led somewhere, so that they type it once; and copies what
// is there to be copied. Nothing is sent anywhere.
(function () {
  "use strict";
  var key = "guildhall.address";
  // What it says is in the language of the page.
  var say = document.currentScript.dataset;
  function read() {
    try { return localStorage.getItem(key) || ""; } catch (refused) { return ""; }
  }
  function keep(address) {
    try { localStorage.setItem(key, address); } catch (refused) { /* private window */ }
  }
  var worked = document.querySelector("[data-worked]");
  if (worked && worked.dataset.worked) keep(worked.dataset.worked);
  document.querySelectorAll("input[name=address]").forEach(function (field) {
    if (!field.value) field.value = read();
  });
  // Browsers let only pages of https, and of this machine, write to the clipboard.
  if (!navigator.clipboard) return;
  document.querySelectorAll("textarea.copy, ul.codes").forEach(function (field) {
    var lines = Array.from(field.children, function (line) { return line.textContent; });
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn soft";
    button.textContent = say.copy;
    button.setAttribute("aria-describedby", field.id);
    var told = document.createElement("span");
    told.className = "hint";
    told.setAttribute("role", "status");
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(field.matches("ul") ? lines.join("\n") : field.value).then(
        function () { told.textContent = say.copied; },
        function () {
          if (field.matches("ul")) getSelection().selectAllChildren(field);
          else field.select();
          told.textContent = say.marked;
        }
      );
    });
    var row = document.createElement("div");
    row.className = "row";
    row.append(button, told);
    field.after(row);
  });
})();
