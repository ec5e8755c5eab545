// What a reader sets: sliders with a box for the number, choices as buttons of which one is pressed, or as a list.

import { meant, rounded, span } from "./address.js";
import { fresh, make } from "./dom.js";

// Each control is { element, show(value, state) }; `changed` is called with key and value.
export function control(field, changed) {
  if (field.kind === "choice") return field.list ? list(field, changed) : buttons(field, changed);
  return slider(field, changed);
}

function slider(field, changed) {
  const id = fresh("range");
  const range = make("input", { type: "range", id, min: field.min, max: field.max, step: field.step ?? 1 });
  const box = make("input", {
    type: "number",
    min: field.min,
    max: field.max,
    step: field.step ?? 1,
    inputmode: "decimal",
    "aria-label": `${field.label}, as a number`,
  });
  const fault = make("span", { class: "lab-wrong", role: "alert" });
  range.addEventListener("input", () => changed(field.key, rounded(range.value, field)));
  box.addEventListener("input", () => {
    try {
      const value = meant(field, box.value);
      fault.textContent = "";
      box.removeAttribute("aria-invalid");
      changed(field.key, value, box);
    } catch {
      box.setAttribute("aria-invalid", "true");
      fault.textContent = `A number from ${span(field)}.`;
    }
  });
  const place = (at) => `left:calc(0.5rem + (100% - 1rem) * ${(at - field.min) / (field.max - field.min)})`;
  const marks =
    field.marks &&
    make(
      "span",
      { class: "lab-marks", "aria-hidden": "true" },
      ...field.marks.map(([at, words]) =>
        make(
          "span",
          { style: place(at), "data-at": at === field.min ? "start" : at === field.max ? "end" : null },
          words,
        ),
      ),
    );
  const element = make(
    "div",
    { class: "lab-slider" },
    make("label", { for: id }, field.label),
    box,
    range,
    marks,
    fault,
  );
  const show = (value, by) => {
    range.value = value;
    if (field.spoken) range.setAttribute("aria-valuetext", field.spoken(value));
    if (by === box) return; // whoever is typing is not interrupted
    box.value = value;
    box.removeAttribute("aria-invalid");
    fault.textContent = "";
  };
  return { element, show };
}

function buttons(field, changed) {
  const name = fresh("choice");
  const inputs = field.options.map((option) => {
    const input = make("input", { type: "radio", name, value: option.value, id: fresh("option") });
    input.addEventListener("change", () => changed(field.key, option.value));
    return input;
  });
  const offered = field.options.map((option, place) =>
    make("span", { class: "lab-option" }, inputs[place], make("label", { for: inputs[place].id }, option.label)),
  );
  const element = make(
    "fieldset",
    { class: "lab-choice" },
    make("legend", {}, field.label),
    make("div", { class: "lab-options" }, ...offered),
  );
  const show = (value, by, offers) =>
    field.options.forEach((option, place) => {
      inputs[place].checked = option.value === value;
      inputs[place].disabled = offers ? !offers.includes(option.value) : false;
    });
  return { element, show };
}

function list(field, changed) {
  const id = fresh("list");
  const select = make(
    "select",
    { id },
    ...field.options.map((option) => make("option", { value: option.value }, option.label)),
  );
  select.addEventListener("change", () => changed(field.key, meant(field, select.value)));
  const element = make("div", { class: "lab-list" }, make("label", { for: id }, field.label), select);
  const show = (value, by, offers) => {
    select.value = value;
    for (const option of select.options) option.disabled = offers ? !offers.includes(option.value) : false;
  };
  return { element, show };
}
