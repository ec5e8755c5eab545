// The multiverse: choose every coding choice, and see where that universe lies among all that are recorded.

import { BLUE, FAINT, GROUND, INK, SKY, VERMILION, frame } from "./drawing.js";
import { count, percent, plural, range, short } from "./words.js";

const Z = 1.959964;
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
      return { choice: label, option: words[options.indexOf(option)], chosen: state[name] === option || state[name] === ANY,
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
    const [one] = found, low = one.estimate - Z * one.state_se, high = one.estimate + Z * one.state_se;
    const clear = low > 0 ? "clear of zero by state" : high < 0 ? "clear of zero by state, and negative" : "not clear of zero by state";
    return `This universe’s slope is ${short(one.estimate, 4)} points a year (95% interval by state ${range(low, high, 4)}), `
      + `${clear}. It lies above ${percent((one.rank - 1) / all.length)} of ${count(all.length)} universes.`;
  }
  const positive = found.filter((one) => one.estimate > 0).length / found.length;
  const clear = found.filter((one) => one.estimate / one.state_se > Z).length / found.length;
  return `${plural(found.length, "universe")} of ${count(all.length)} ${found.length === 1 ? "lights" : "light"} up, with slopes from `
    + `${short(found[0].estimate, 4)} to ${short(found.at(-1).estimate, 4)} and a median of `
    + `${short(median(found.map((one) => one.estimate)), 4)}. ${percent(positive)} are positive, ${percent(clear)} clear of zero by state.`;
}

// Thousands of intervals are more than a screen has pixels: each stretch of the curve shows its widest.
function thinned(all, parts) {
  const size = Math.max(1, all.length / parts);
  return Array.from({ length: Math.min(parts, all.length) }, (_, part) => {
    const some = all.slice(Math.floor(part * size), Math.floor((part + 1) * size));
    return { rank: some[some.length >> 1].rank, estimate: some[some.length >> 1].estimate,
      lower: Math.min(...some.map((one) => one.estimate - Z * one.state_se)),
      upper: Math.max(...some.map((one) => one.estimate + Z * one.state_se)) };
  });
}

function curve(Plot, width, height, all, found, own, kept) {
  const parts = Math.floor(width / 4);
  kept.thin ??= new Map();
  const key = `${all.length}/${parts}`;
  if (!kept.thin.has(key)) kept.thin.set(key, thinned(all, parts));
  const line = kept.thin.get(key), few = found.length <= 40;
  const binned = few ? [] : [...new Set(found.map((one) => Math.floor((one.rank / all.length) * width / 2)))]
    .map((bin) => ({ rank: ((bin + 0.5) * 2 * all.length) / width }));
  const floor = Math.min(...line.map((one) => one.lower)), ceiling = Math.max(...line.map((one) => one.upper));
  return Plot.plot(frame(width, height, {
    x: { label: "Universes, from the lowest slope to the highest", domain: [1, all.length], tickFormat: count },
    y: { label: "Slope, points a year", domain: [floor, ceiling], tickFormat: (value) => short(value, 2) },
    marginLeft: 52,
    marks: [
      Plot.areaY(line, { x: "rank", y1: "lower", y2: "upper", fill: SKY, fillOpacity: 0.22 }),
      Plot.ruleY([0], { stroke: INK, strokeOpacity: 0.7 }),
      Plot.line(line, { x: "rank", y: "estimate", stroke: BLUE, strokeWidth: 2 }),
      Plot.ruleX(binned, { x: "rank", y1: floor, y2: floor + 0.07 * (ceiling - floor), stroke: VERMILION, strokeWidth: 1.6 }),
      Plot.ruleX(few ? found : [], { x: "rank", y1: (one) => one.estimate - Z * one.state_se, y2: (one) => one.estimate + Z * one.state_se, stroke: VERMILION, strokeWidth: 1.8 }),
      Plot.dot(few ? found : [], { x: "rank", y: "estimate", r: found.length === 1 ? 6 : 3.5, fill: VERMILION }),
      ...(own ? [Plot.dot([own], { x: "rank", y: "estimate", r: 4, fill: GROUND, stroke: INK, strokeWidth: 1.6 }),
        Plot.text([own], { x: "rank", y: "estimate", text: () => "Table 2", dy: 16, dx: 6, textAnchor: "start", fill: INK })] : []),
    ],
  }));
}

function next(Plot, width, height, rows) {
  const known = rows.filter((row) => row.slope !== null);
  return Plot.plot(frame(width, height, {
    marginLeft: Math.min(190, width * 0.42), marginTop: 4,
    x: { label: "Slope, points a year (median of what lights up)", tickFormat: (value) => short(value, 2), grid: false },
    y: { type: "point", label: null, domain: [...new Set(rows.map((row) => row.choice))], tickSize: 0, tickFormat: (d) => d, padding: 0.6 },
    marks: [
      Plot.ruleX([0], { stroke: INK, strokeOpacity: 0.7 }),
      Plot.ruleY(known, Plot.groupY({ x1: "min", x2: "max" }, { y: "choice", x: "slope", x1: "slope", x2: "slope", stroke: FAINT, strokeOpacity: 0.6 })),
      Plot.dot(known, { x: "slope", y: "choice", r: 5, fill: (row) => (row.chosen ? VERMILION : GROUND), stroke: (row) => (row.chosen ? VERMILION : BLUE), strokeWidth: 1.6 }),
      Plot.text(known, Plot.selectMaxX({ x: "slope", y: "choice", z: "choice", text: "option", dx: 9, textAnchor: "start", fill: INK })),
      Plot.text(known, Plot.selectMinX({ x: "slope", y: "choice", z: "choice", text: "option", dx: -9, textAnchor: "end", fill: INK })),
    ],
  }));
}

export default {
  fields: (data) => [
    { key: "question", kind: "choice", label: "Question", value: data.questions[0].name,
      options: data.questions.map(({ name, label }) => ({ value: name, label })) },
    ...data.choices.map(({ name, label, options, words }) => ({
      key: name, kind: "choice", label, value: options[0], group: "choices",
      options: [...options.map((value, place) => ({ value, label: words[place] })), { value: ANY, label: ANY }],
    })),
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
        { title: "Every recorded universe, and what lights up", height: 230, alone: true,
          draw: (Plot, width, height) => curve(Plot, width, height, all, found, own, data) },
        { title: "One step away: each choice changed alone", height: 300, alone: true,
          draw: (Plot, width, height) => next(Plot, width, height, rows) },
      ],
    };
  },
};

