// The print button stands only where it works; without scripts the page says how to print.
"use strict";
(() => {
  const button = document.getElementById("print");
  button.addEventListener("click", () => print());
  button.hidden = false;
})();
