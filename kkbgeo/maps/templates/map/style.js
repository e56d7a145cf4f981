// The style of the living map and of Leaflet, put in before the first map is made; the policy names its hash.
const sheet = document.createElement("style");
sheet.textContent = STYLE;
document.head.appendChild(sheet);
