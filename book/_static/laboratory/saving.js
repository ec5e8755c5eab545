// What a reader takes along: the drawing as one SVG that needs no style sheet, the numbers as CSV.

const NS = "http://www.w3.org/2000/svg";
const PAINTS = ["fill", "stroke", "color", "stop-color"];
const FONTS = ["font-family", "font-size", "font-weight", "text-anchor"];

export function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// RFC 4180; numbers as they are, not as they are shown.
export function csv(columns, rows) {
  const cell = (value) => {
    const text = value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map((column) => column.key), ...rows.map((row) => columns.map((column) => row[column.key]))];
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

// The drawings of an instrument side by side as they stand on the page, with their colours and fonts written out.
export function svg(container, title) {
  const drawn = [...container.querySelectorAll("svg")];
  const origin = container.getBoundingClientRect();
  const whole = document.createElementNS(NS, "svg");
  const ground = getComputedStyle(document.body).backgroundColor;
  whole.setAttribute("xmlns", NS);
  whole.setAttribute("viewBox", `0 0 ${Math.ceil(origin.width)} ${Math.ceil(origin.height)}`);
  whole.setAttribute("width", Math.ceil(origin.width));
  whole.setAttribute("height", Math.ceil(origin.height));
  whole.innerHTML = `<title></title><rect width="100%" height="100%" fill="${ground}"/>`;
  whole.querySelector("title").textContent = title;
  for (const heading of container.querySelectorAll(".lab-panel-title")) {
    const at = heading.getBoundingClientRect(),
      style = getComputedStyle(heading);
    const text = document.createElementNS(NS, "text");
    text.setAttribute("x", at.x - origin.x);
    text.setAttribute("y", at.y - origin.y + 14);
    for (const name of ["font-family", "font-size", "font-weight"])
      text.setAttribute(name, style.getPropertyValue(name));
    text.setAttribute("fill", style.color);
    text.textContent = heading.textContent;
    whole.append(text);
  }
  for (const one of drawn) {
    const at = one.getBoundingClientRect(),
      copy = one.cloneNode(true);
    const live = [one, ...one.querySelectorAll("*")],
      kept = [copy, ...copy.querySelectorAll("*")];
    live.forEach((element, place) => {
      const style = getComputedStyle(element);
      for (const name of [...PAINTS, ...(element.tagName === "text" || element.tagName === "tspan" ? FONTS : [])])
        if (style.getPropertyValue(name)) kept[place].setAttribute(name, style.getPropertyValue(name));
    });
    copy.querySelectorAll("style").forEach((style) => style.remove());
    copy.setAttribute("x", at.x - origin.x);
    copy.setAttribute("y", at.y - origin.y);
    copy.setAttribute("overflow", "visible");
    copy.removeAttribute("style");
    whole.append(copy);
  }
  return new XMLSerializer().serializeToString(whole);
}
