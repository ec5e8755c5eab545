// The multiverse: choose every coding choice, and see where that universe lies among all that are recorded.

import { computing } from "./computing.js";
import { make } from "./dom.js";
import { BLUE, FAINT, GROUND, INK, SKY, VERMILION, frame } from "./drawing.js";
import { count, percent, plural, range, short } from "./words.js";

const ANY = "any";
const SHOWN = 200; // rows of the table; the CSV has all

const median = (sorted) => {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

// Unpacked once: of every question its universes with their options, in the order of their slopes.
function universes(data) {
  data.unpacked ??= Object.fromEntries(data.questions.map((question) => {
    const all = question.code.map((code, place) => {
      const one = { estimate: question.estimate[place] / data.fine, model_se: question.model_se[place] / data.fine,
        state_se: question.state_se[place] / data.fine, cases: question.cases[place] };
      for (let at = data.choices.length - 1; at >= 0; at -= 1) {
        const { name, options } = data.choices[at];
        one[name] = options[code % options.length];
        code = Math.floor(code / options.length);
      }
      return one;
    });
    all.sort((a, b) => a.estimate - b.estimate);
    all.forEach((one, place) => { one.rank = place + 1; });
    const offers = Object.fromEntries(data.choices.map(({ name, options }) =>
      [name, [ANY, ...options.filter((option) => all.some((one) => one[name] === option))]]));
    return [question.name, { all, offers }];
  }));
  return data.unpacked;
}

const fits = (one, state, choices, but) =>
  choices.every(({ name }) => name === but || state[name] === ANY || one[name] === state[name]);

export function lit(data, state) {
  return universes(data)[state.question].all.filter((one) => fits(one, state, data.choices));
}

// What each option of each choice would give with everything else as it is chosen.
function steps(data, state) {
  const { all, offers } = universes(data)[state.question];
  return data.choices.flatMap(({ name, label, options, words }) => {
    const others = all.filter((one) => fits(one, state, data.choices, name));
    return options.filter((option) => offers[name].includes(option)).map((option) => {
      const found = others.filter((one) => one[name] === option).map((one) => one.estimate);
      return { name, value: option, choice: label, option: words[options.indexOf(option)], chosen: state[name] === option || state[name] === ANY,
        slope: found.length ? median(found) : null, universes: found.length };
    });
  });
}

function sentence(data, state, found) {
  const all = universes(data)[state.question].all, open = data.choices.some(({ name }) => state[name] === ANY);
  if (!found.length) {
    return state.case_effects === "fixed" && state.clock !== "lived"
      ? "No universe lights up: within a case the calendar and the duration are one, so fixed effects go with the lived clock alone."
      : "No universe lights up: nobody has run this combination.";
  }
  if (found.length === 1 && !open) {
    const [one] = found, low = one.estimate - data.z * one.state_se, high = one.estimate + data.z * one.state_se;
    const clear = low > 0 ? "clear of zero by state" : high < 0 ? "clear of zero by state, and negative" : "not clear of zero by state";
    return `This universe’s slope is ${short(one.estimate, 4)} points a year (95% interval by state ${range(low, high, 4)}), `
      + `${clear}. It lies above ${percent((one.rank - 1) / all.length)} of ${count(all.length)} universes.`;
  }
  const positive = found.filter((one) => one.estimate > 0).length / found.length;
  const clear = found.filter((one) => one.estimate / one.state_se > data.z).length / found.length;
  return `${plural(found.length, "universe")} of ${count(all.length)} ${found.length === 1 ? "lights" : "light"} up, with slopes from `
    + `${short(found[0].estimate, 4)} to ${short(found.at(-1).estimate, 4)} and a median of `
    + `${short(median(found.map((one) => one.estimate)), 4)}. ${percent(positive)} are positive, ${percent(clear)} clear of zero by state.`;
}

// Thousands of intervals are more than a screen has pixels: each stretch of the curve shows its typical one.
function thinned(all, parts, z) {
  const size = Math.max(1, all.length / parts), sorted = (values) => median(values.sort((a, b) => a - b));
  return Array.from({ length: Math.min(parts, all.length) }, (_, part) => {
    const some = all.slice(Math.floor(part * size), Math.floor((part + 1) * size)), middle = some[some.length >> 1];
    return { rank: middle.rank, estimate: middle.estimate,
      lower: sorted(some.map((one) => one.estimate - z * one.state_se)),
      upper: sorted(some.map((one) => one.estimate + z * one.state_se)) };
  });
}

function curve(Plot, width, height, all, found, own, kept) {
  const parts = Math.floor(width / 5), key = `${all.length}/${parts}`;
  kept.thin ??= new Map();
  if (!kept.thin.has(key)) kept.thin.set(key, thinned(all, parts, kept.z));
  const line = kept.thin.get(key), few = found.length <= 40;
  const bins = few ? [] : [...new Set(found.map((one) => Math.floor((one.rank / all.length) * (width / 2))))];
  const floor = Math.min(...line.map((one) => one.lower)), ceiling = Math.max(...line.map((one) => one.upper));
  const ends = { y1: (one) => one.estimate - kept.z * one.state_se, y2: (one) => one.estimate + kept.z * one.state_se };
  return Plot.plot(frame(width, height, {
    x: { label: "Universes, from the lowest slope to the highest", domain: [1, all.length], tickFormat: count },
    y: { label: "Slope, points a year", domain: [floor, ceiling], tickFormat: (value) => short(value, 2) },
    marks: [
      Plot.areaY(line, { x: "rank", y1: "lower", y2: "upper", fill: SKY, fillOpacity: 0.25 }),
      Plot.ruleY([0], { stroke: INK, strokeOpacity: 0.7 }),
      Plot.line(line, { x: "rank", y: "estimate", stroke: BLUE, strokeWidth: 2.2 }),
      Plot.ruleX(bins, { x: (bin) => ((bin + 0.5) * 2 * all.length) / width, y1: floor, y2: floor + 0.09 * (ceiling - floor), stroke: VERMILION, strokeWidth: 1.6 }),
      Plot.ruleX(few ? found : [], { x: "rank", ...ends, stroke: VERMILION, strokeWidth: 2 }),
      Plot.dot(few ? found : [], { x: "rank", y: "estimate", r: found.length === 1 ? 6 : 3.5, fill: VERMILION }),
      ...(own ? [Plot.dot([own], { x: "rank", y: "estimate", r: 4, fill: GROUND, stroke: INK, strokeWidth: 1.6 }),
        Plot.text([own], { x: "rank", y: "estimate", text: () => "Table 2", dy: 18, dx: 8, textAnchor: "start", fill: INK })] : []),
    ],
  }));
}

// Names of options beside their dots: the outer ones outside, one between them where there is room.
function named(known, scale) {
  const choices = [...new Set(known.map((row) => row.choice))];
  return choices.flatMap((choice) => {
    const sorted = known.filter((row) => row.choice === choice).sort((a, b) => a.slope - b.slope), [first, last] = [sorted[0], sorted.at(-1)];
    if (first === last) return [{ ...first, side: "end" }];
    const room = (one) => Math.min(...sorted.filter((other) => other !== one).map((other) => Math.abs(scale(one.slope) - scale(other.slope))));
    const between = sorted.slice(1, -1).filter((one) => room(one) > 5 * one.option.length + 16).map((one) => ({ ...one, side: "above" }));
    return [{ ...first, side: "start" }, ...between, { ...last, side: "end" }];
  });
}

const DOTS = "lab-steps";

function next(Plot, width, height, rows) {
  const known = rows.filter((row) => row.slope !== null), slopes = known.map((row) => row.slope);
  const low = Math.min(0, ...slopes), high = Math.max(0, ...slopes), phone = width < 480, left = phone ? 4 : 84;
  const inset = { insetLeft: 76, insetRight: 92 }, choices = [...new Set(rows.map((row) => row.choice))];
  const scale = (slope) => ((slope - low) / (high - low || 1)) * (width - left - 14 - 76 - 92);
  const texts = named(known, scale), at = { x: "slope", y: "choice", text: "option", fill: INK, stroke: GROUND, strokeWidth: 4 };
  return Plot.plot(frame(width, height, {
    marginLeft: left, marginTop: 4,
    x: { label: "Slope, points a year", domain: [low, high], tickFormat: (value) => short(value, 2), ticks: Math.round(width / 110), ...inset },
    y: { type: "point", label: null, domain: choices, tickSize: 0, tickFormat: (d) => d, padding: 0.6, axis: phone ? null : "left" },
    marks: [
      Plot.ruleX([0], { stroke: INK, strokeOpacity: 0.7 }),
      ...(phone ? [Plot.text(choices, { y: (d) => d, text: (d) => d, frameAnchor: "left", textAnchor: "start", dy: -15, fill: FAINT })] : []),
      Plot.ruleY(known, Plot.groupY({ x1: "min", x2: "max" }, { y: "choice", x1: "slope", x2: "slope", stroke: FAINT, strokeOpacity: 0.7 })),
      Plot.dot(known, { className: DOTS, x: "slope", y: "choice", r: 5.5, fill: (row) => (row.chosen ? VERMILION : GROUND), stroke: (row) => (row.chosen ? VERMILION : BLUE),
        strokeWidth: 1.8, title: (row) => `${row.choice}: ${row.option}, ${short(row.slope, 4)}`, cursor: "pointer" }),
      Plot.text(texts.filter((one) => one.side === "start"), { ...at, dx: -10, textAnchor: "end" }),
      Plot.text(texts.filter((one) => one.side === "end"), { ...at, dx: 10, textAnchor: "start" }),
      Plot.text(texts.filter((one) => one.side === "above"), { ...at, dy: -10 }),
    ],
  }));
}

// A dot that is touched is chosen; by keyboard the lists above do the same.
function touched(figure, set, rows) {
  const known = rows.filter((row) => row.slope !== null);
  figure.querySelectorAll(`.${DOTS} circle`).forEach((dot) => {
    const row = known[dot.__data__];
    dot.addEventListener("click", () => set({ [row.name]: row.value }));
  });
}

export default {
  fields: (data) => [
    { key: "question", kind: "choice", label: "Question", value: data.questions[0].name,
      options: data.questions.map(({ name, label }) => ({ value: name, label })) },
    ...data.choices.map(({ name, label, options, words }) => ({
      key: name, kind: "choice", list: true, label, value: options[0], group: "choices",
      options: [...options.map((value, place) => ({ value, label: words[place] })), { value: ANY, label: ANY }],
    })),
    { key: "world", kind: "choice", list: true, beside: true, label: "Run it in the simulated world", value: data.worlds[0],
      options: data.worlds.map((value) => ({ value, label: value })) },
    { key: "seed", kind: "range", beside: true, label: "Seed of its history", min: 1, max: 200, step: 1, value: 1 },
  ],

  settle(state, data) {
    const { offers } = universes(data)[state.question], settled = { ...state };
    for (const { name } of data.choices) if (!offers[name].includes(state[name])) settled[name] = ANY;
    return { state: settled, offers };
  },

  view(state, data) {
    const { all } = universes(data)[state.question], found = lit(data, state), rows = steps(data, state);
    const own = state.question === data.questions[0].name
      ? all.find((one) => data.choices.every(({ name, options }) => one[name] === options[0])) : null;
    const listed = (some) => some.map((one) => ({ ...one, question: state.question, share_below: (one.rank - 1) / all.length }));
    return {
      says: sentence(data, state, found),
      caption: "The universes that light up, from the lowest slope to the highest (points a year)",
      columns: [
        { key: "rank", label: "Rank" }, { key: "estimate", label: "Slope", digits: 4 },
        { key: "model_se", label: "Error, model", digits: 4 }, { key: "state_se", label: "Error, by state", digits: 4 },
        { key: "cases", label: "Cases" }, ...data.choices.map(({ name, label }) => ({ key: name, label })),
      ],
      rows: listed(found.slice(0, SHOWN)), all: () => listed(found),
      note: found.length > SHOWN ? `The first ${SHOWN} of ${count(found.length)}; the CSV file has all of them.` : "",
      panels: [
        { title: "Every recorded universe, and what lights up", height: 215, alone: true,
          draw: (Plot, width, height) => curve(Plot, width, height, all, found, own, data) },
        { title: "One step away (touch a ring to go there)", height: (width) => (width < 480 ? 430 : 290), alone: true,
          draw: (Plot, width, height) => next(Plot, width, height, rows), touch: (figure, set) => touched(figure, set, rows) },
      ],
    };
  },

  extend(api) {
    const result = make("p", { class: "lab-here", role: "status" });
    const ask = () => {
      const state = api.state();
      const choices = Object.fromEntries(api.data.choices.filter(({ name }) => state[name] !== ANY).map(({ name }) => [name, state[name]]));
      return ["universe", { question: state.question, choices, mechanism: state.world, seed: state.seed }];
    };
    const show = (found) => {
      const low = found.estimate - api.data.z * found.state_se, high = found.estimate + api.data.z * found.state_se;
      const open = api.data.choices.some(({ name }) => api.state()[name] === ANY);
      result.textContent = found.estimate === null
        ? "In that history this universe cannot be estimated: too few rows are left."
        : `In the simulated world ${found.mechanism}, seed ${found.seed}, ${open ? "these choices (the open ones as in Table 2)" : "this universe"} `
          + `gives ${short(found.estimate, 4)} points a year (95% interval by state ${range(low, high, 4)}), on ${count(found.cases)} cases. `
          + `The truth there: ${short(found.truth.effect, 4)} for a further year of membership.`;
    };
    api.beside.append(computing("Compute it here", ask, show).element, result);
  },
};
