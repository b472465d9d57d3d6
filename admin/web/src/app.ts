// What every page of a signed-in person carries: htmx for parts that the server draws anew, and the state of the station.
import "htmx.org";
import { follow } from "./station";
import { homeParts } from "./home";
import { copyButtons, forms } from "./forms";
import { keepPlace } from "./place";

forms();
keepPlace();
copyButtons();
if (document.getElementById("station")) {
  follow(homeParts());
}
