// The print button stands only where it works; without scripts the page says how to print.
const button = document.getElementById("print");
if (button) {
  button.addEventListener("click", () => print());
  button.hidden = false;
}
