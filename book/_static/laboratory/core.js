// What all instruments share: their settings, the drawings with a sentence and a table, and what can be taken along.
//
// An instrument is a module whose default export has
//   fields(data)            its settings (see controls.js)
//   settle(state, data)     optional: settings that go together, which options there are, which settings do nothing:
//                           { state, offers, hide }
//   view(state, data)       what they give: { says, caption, columns, rows, panels }, panels being
//                           [{ title, height, share, alone, lead, draw(Plot, width, height), touch(element, set) }]
//   data                    optional: false if it needs no recorded numbers
//   extend(api)             optional: more than settings, such as what is computed here

import * as address from "./address.js";
import { control } from "./controls.js";
import { make } from "./dom.js";
import { plot } from "./drawing.js";
import * as saving from "./saving.js";
import { number } from "./words.js";

const NARROW = 560; // below that drawings stand under one another

const here = (name) => new URL(name, import.meta.url);

async function numbers(name) {
  const answer = await fetch(here(`${name}.json`), { cache: "no-cache" });
  if (!answer.ok) throw new Error("its recorded numbers could not be loaded");
  return answer.json();
}

export async function mount(root) {
  const name = root.dataset.instrument;
  if (root.dataset.on !== "touch") plot().catch(() => {}); // told when it is needed
  const [{ default: instrument }, data] = await Promise.all([import(here(`${name}.js`)), numbers(name)]);
  const form = root.dataset.form;
  const fields = instrument.fields(data, form);
  const { state, fault } = address.read(name, fields);
  new Instrument(root, name, instrument, data, fields, state, fault, form).start();
}

class Instrument {
  constructor(root, name, instrument, data, fields, state, fault, form) {
    Object.assign(this, { root, name, instrument, data, fields, state, fault, form });
    this.later = root.dataset.on === "touch"; // the recorded picture stands until then
  }

  start() {
    const changed = (key, value, by) => this.set({ [key]: value }, by);
    this.controls = new Map(this.fields.map((field) => [field.key, control(field, changed)]));
    this.fold = make("p", { class: "instrument-fault", role: "alert", hidden: !this.fault }, this.fault);
    this.says = make("p", { class: "lab-says", "aria-live": "polite" });
    this.panels = make("div", { class: "lab-panels" });
    this.beside = make("div", { class: "lab-beside" });
    this.table = make("div", {
      class: "lab-scroll",
      tabindex: "0",
      role: "region",
      "aria-label": `Numbers: ${this.root.dataset.title}`,
    });
    this.details = make(
      "details",
      { class: "lab-table", ontoggle: () => this.list() },
      make("summary", {}, "The same as a table"),
      this.table,
    );
    this.told = make("span", { class: "lab-told", role: "status" });
    const button = (words, act) => make("button", { type: "button", class: "lab-button", onclick: act }, words);
    const settings = make("div", { class: "lab-controls", "data-few": this.fields.length === 1 }, ...this.groups());
    this.live = make(
      "div",
      { class: "lab-live", role: "group", "aria-label": `Instrument: ${this.root.dataset.title}` },
      this.fold,
      settings,
      this.panels,
      this.says,
      this.beside,
      this.details,
      make(
        "div",
        { class: "lab-actions" },
        button("Reset", () => this.reset()),
        button("Copy the link", () => this.share()),
        button("Save the drawing (SVG)", () => this.saveDrawing()),
        button("Save the numbers (CSV)", () => this.saveNumbers()),
        this.told,
      ),
    );
    this.still = this.root.querySelector(".instrument-still");
    this.root.prepend(this.live);
    if (this.still) this.panels.before(this.still); // where the drawing will be
    for (const field of this.fields) if (field.beside) this.beside.append(this.controls.get(field.key).element);
    this.instrument.extend?.(this.api());
    if (this.later) {
      this.panels.hidden = true;
      const draw = () => this.wake();
      for (const touch of ["pointerenter", "pointerdown", "focusin", "input"])
        this.live.addEventListener(touch, draw, { once: true });
      this.show();
    } else this.wake();
  }

  groups() {
    const placed = [];
    for (const field of this.fields) {
      if (field.beside) continue; // it belongs to what is computed here
      const { element } = this.controls.get(field.key);
      if (!field.group) placed.push(element);
      else if (placed.at(-1)?.dataset?.group === field.group) placed.at(-1).append(element);
      else placed.push(make("div", { class: "lab-group", "data-group": field.group }, element));
    }
    return placed;
  }

  // What draws is loaded now; the recorded picture gives way when there is another to see.
  async wake() {
    if (this.woken) return;
    this.woken = true;
    this.show();
    try {
      this.Plot = await plot();
    } catch (error) {
      this.woken = false;
      this.tell(`${error.message[0].toUpperCase()}${error.message.slice(1)}; numbers and sentences work without it.`);
      return;
    }
    this.panels.hidden = false;
    if (this.still) this.still.hidden = true;
    this.root.dataset.ready = "yes";
    this.draw();
    let width = this.panels.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(this.panels.clientWidth - width) < 2) return;
      width = this.panels.clientWidth;
      requestAnimationFrame(() => this.draw());
    }).observe(this.panels);
  }

  api() {
    return {
      data: this.data,
      state: () => this.state,
      redraw: () => this.show(),
      onChange: (act) => {
        this.changed = act;
      },
      controls: this.live.querySelector(".lab-controls"),
      beside: this.beside,
    };
  }

  set(change, by) {
    Object.assign(this.state, change);
    this.fold.hidden = true;
    this.told.textContent = "";
    this.show(by);
    address.keep(this.name, this.fields, this.state);
    this.changed?.();
  }

  show(by) {
    const settled = this.instrument.settle?.(this.state, this.data);
    if (settled) Object.assign(this.state, settled.state);
    for (const [key, { element, show }] of this.controls) {
      show(this.state[key], by, settled?.offers?.[key]);
      element.hidden = Boolean(settled?.hide?.includes(key));
    }
    this.seen = this.instrument.view(this.state, this.data, this.form);
    if (this.says.textContent !== this.seen.says) this.says.textContent = this.seen.says;
    if (this.details.open) this.list();
    if (this.Plot) this.draw();
  }

  draw() {
    const whole = this.panels.clientWidth,
      narrow = whole < NARROW;
    const panels = this.seen.panels,
      gap = 20;
    const alone = (panel) => narrow || panel.alone;
    const sum = panels.filter((panel) => !alone(panel)).reduce((total, panel) => total + (panel.share ?? 1), 0);
    const beside = panels.filter((panel) => !alone(panel)).length;
    const drawn = panels.map((panel) => {
      const width = Math.floor(alone(panel) ? whole : ((whole - gap * (beside - 1)) * (panel.share ?? 1)) / sum);
      const height = typeof panel.height === "function" ? panel.height(width) : panel.height;
      const figure = panel.draw(this.Plot, width, height);
      panel.touch?.(figure, (change) => this.set(change));
      figure.setAttribute("role", "img");
      figure.setAttribute("aria-label", `${panel.title}. ${this.seen.says}`);
      for (const part of figure.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
      return make(
        "div",
        { class: "lab-panel", "data-lead": panel.lead, style: `width:${width}px` },
        make("p", { class: "lab-panel-title" }, panel.title),
        figure,
      );
    });
    this.panels.replaceChildren(...drawn);
  }

  list() {
    if (!this.details.open) return;
    const { caption, columns, rows, note } = this.seen;
    const cell = (row, column, first) => {
      const value = row[column.key];
      const text = typeof value === "number" ? number(value, column.digits ?? 0) : (value ?? "–");
      return first
        ? make("th", { scope: "row" }, text)
        : make("td", { class: typeof value === "string" ? "words" : null }, text);
    };
    const table = make(
      "table",
      { class: "dataframe" },
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column.label)))),
      make(
        "tbody",
        {},
        ...rows.map((row) => make("tr", {}, ...columns.map((column, at) => cell(row, column, at === 0)))),
      ),
    );
    this.table.replaceChildren(table, ...(note ? [make("p", {}, note)] : []));
  }

  reset() {
    this.set(address.defaults(this.fields));
    this.tell("All settings are back at their defaults.");
  }

  async share() {
    const link = address.link(this.name, this.fields, this.state);
    try {
      await navigator.clipboard.writeText(link);
      this.tell("The link to these settings is copied.");
    } catch {
      this.tell(`The link to these settings: ${link}`);
    }
  }

  async saveDrawing() {
    await this.wake();
    if (this.Plot) saving.download(`${this.name}.svg`, saving.svg(this.panels, this.seen.says), "image/svg+xml");
  }

  saveNumbers() {
    const { columns, rows, all } = this.seen;
    saving.download(`${this.name}.csv`, saving.csv(columns, all ? all() : rows), "text/csv");
  }

  tell(words) {
    this.told.textContent = words;
  }
}
