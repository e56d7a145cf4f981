(function () {
  "use strict";
  var box = document.querySelector(".find"), field = document.getElementById("find");
  var found = document.getElementById("found");
  var cards = Array.prototype.slice.call(document.querySelectorAll(".card"));
  var groups = Array.prototype.slice.call(document.querySelectorAll("[data-group]"));
  function plain(text) { return text.toLowerCase().replace(/\s+/g, ""); }
  field.addEventListener("input", function () {
    var wanted = plain(field.value), count = 0;
    cards.forEach(function (card) {
      card.hidden = wanted !== "" && plain(card.getAttribute("data-name")).indexOf(wanted) < 0;
      if (!card.hidden) { count += 1; }
    });
    groups.forEach(function (group) { group.hidden = !group.querySelector(".card:not([hidden])"); });
    found.textContent = wanted === "" ? "" : count === 0 ? found.getAttribute("data-none") : String(count);
  });
  box.hidden = false;
})();
