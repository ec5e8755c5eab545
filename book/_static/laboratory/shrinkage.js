// Shrinkage: one case's line, between its own years and the average case.

import { BLUE, FAINT, INK, VERMILION, frame } from "./drawing.js";
import { number, percent, plural, short } from "./words.js";

// The conditional mode from what least squares knows of a case: n rows, their mean duration and its sum of squares.
function line(data, one, alike, years = one.years) {
  const { mean, square } =
    years === one.years ? one : { mean: (years + 1) / 2, square: (years * (years ** 2 - 1)) / 12 };
  const own = { intercept: one.intercept - data.alpha, slope: one.slope - data.beta };
  if (alike === 0) return { intercept: data.alpha, slope: data.beta };
  const [a, b] = [data.level * alike, data.slope * alike],
    r = data.rho,
    rest = 1 - r * r;
  // X'X / σ² and the inverse of the covariance of cases
  const x = [years / data.scale, (years * mean) / data.scale, (square + years * mean * mean) / data.scale];
  const g = [1 / (a * a * rest), -r / (a * b * rest), 1 / (b * b * rest)];
  const m = [x[0] + g[0], x[1] + g[1], x[2] + g[2]],
    det = m[0] * m[2] - m[1] * m[1];
  const right = [x[0] * own.intercept + x[1] * own.slope, x[1] * own.intercept + x[2] * own.slope];
  return {
    intercept: data.alpha + (m[2] * right[0] - m[1] * right[1]) / det,
    slope: data.beta + (m[0] * right[1] - m[1] * right[0]) / det,
  };
}

// What is kept of a difference in slope by a case whose level is the average one's.
const keeps = (data, alike, years) => {
  const mean = (years + 1) / 2;
  const one = {
    years,
    mean,
    square: (years * (years ** 2 - 1)) / 12,
    slope: data.beta + 0.1,
    intercept: data.alpha - 0.1 * mean,
  };
  return (line(data, one, alike).slope - data.beta) / 0.1;
};

const NO_POOLING = 3;

function lines(Plot, width, height, data, one, state, model) {
  const dots = (data.dots[one.who] ?? []).map(([duration, distance]) => ({ duration, distance }));
  const from = one.mean - (one.years - 1) / 2,
    last = Math.max(from + Math.max(one.years, state.years) - 1, 10);
  const through = ({ intercept, slope }) =>
    [1, last].map((duration) => ({ duration, distance: intercept + slope * duration }));
  const average = through({ intercept: data.alpha, slope: data.beta }),
    own = through(one),
    shrunk = through(model);
  const named = [
    [own, "its own"],
    [average, "the average case"],
    [shrunk, "the model’s"],
  ]
    .map(([[, end], text]) => ({ ...end, text }))
    .sort((p, q) => p.distance - q.distance);
  const all = [...dots, ...own, ...average, ...shrunk, { distance: 0 }].map((point) => point.distance);
  const low = Math.min(...all) - 0.15,
    high = Math.max(...all) + 0.15,
    room = ((high - low) * 15) / (height - 50);
  named.forEach((label, place) => {
    label.at = place ? Math.max(label.distance, named[place - 1].at + room) : label.distance;
  });
  return Plot.plot(
    frame(width, height, {
      marginRight: 104,
      x: { label: "Year of membership", domain: [1, last] },
      y: { label: "Distance", domain: [low, high] },
      marks: [
        Plot.ruleY([0], { stroke: INK, strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.line(average, { x: "duration", y: "distance", stroke: FAINT, strokeWidth: 2 }),
        Plot.line(own, { x: "duration", y: "distance", stroke: BLUE, strokeWidth: 2, strokeDasharray: "6 3" }),
        Plot.dot(dots, { x: "duration", y: "distance", r: 3, fill: BLUE }),
        Plot.line(shrunk, { x: "duration", y: "distance", stroke: VERMILION, strokeWidth: 3 }),
        Plot.text(named, { x: "duration", y: "at", text: "text", dx: 6, textAnchor: "start", fill: INK }),
      ],
    }),
  );
}

function kept(Plot, width, height, data, state) {
  const years = Array.from({ length: 44 }, (_, place) => place + 2);
  const curve = years.map((n) => ({ years: n, kept: keeps(data, state.alike, n) }));
  const now = [{ years: state.years, kept: keeps(data, state.alike, state.years) }];
  return Plot.plot(
    frame(width, height, {
      x: { label: "Years on record", domain: [2, 45] },
      y: { label: "Share kept", domain: [0, 1], tickFormat: (v) => `${Math.round(100 * v)}%` },
      marks: [
        Plot.ruleY([0, 1], { stroke: INK, strokeOpacity: 0.4 }),
        Plot.line(curve, { x: "years", y: "kept", stroke: BLUE, strokeWidth: 2 }),
        Plot.dot(now, { x: "years", y: "kept", r: 6, fill: VERMILION }),
      ],
    }),
  );
}

export default {
  fields: (data) => [
    {
      key: "case",
      kind: "choice",
      list: true,
      group: "all",
      label: "Case",
      value: data.cases[0].who,
      options: data.cases.map(({ who }) => ({ value: who, label: who })),
    },
    {
      key: "alike",
      kind: "range",
      group: "all",
      label: "How much cases may differ",
      min: 0,
      max: NO_POOLING,
      step: 0.05,
      value: 1,
      marks: [
        [0, "not at all"],
        [1, "as estimated"],
        [NO_POOLING, "freely"],
      ],
      spoken: (value) => `${number(value)} times the estimate`,
    },
    {
      key: "years",
      kind: "range",
      group: "all",
      label: "The same line over so many years (0: its own)",
      min: 0,
      max: 45,
      step: 1,
      value: 0,
    },
  ],

  view({ case: name, alike, years: asked }, data) {
    const one = data.cases.find(({ who }) => who === name);
    const state = { alike, years: asked || one.years }; // 0 stands for its own
    const model = line(data, one, state.alike, state.years);
    const far = one.slope - data.beta,
      share = far ? (model.slope - data.beta) / far : 0;
    const between =
      share >= 0 && share <= 1
        ? `It keeps ${percent(share)} of the difference between the two.`
        : "Its level pulls as well: levels and slopes of cases go together, so the slope lies outside of the two.";
    const rows = data.cases.map((each) => {
      const years = each === one ? state.years : each.years,
        drawn = line(data, each, state.alike, years);
      return {
        who: each.who,
        years,
        own: each.slope,
        model: drawn.slope,
        level: each.intercept,
        model_level: drawn.intercept,
      };
    });
    return {
      says:
        `${one.who}, with ${plural(state.years, "year")} on record: its own line has a slope of ` +
        `${short(one.slope, 3)} points a year, the average case ${short(data.beta, 3)}. Where cases may differ ` +
        `${state.alike === 1 ? "" : `${number(state.alike)} times `}as much as estimated, ` +
        `the model gives it ${short(model.slope, 3)}. ${between}`,
      rows,
      caption: "Slopes of some cases, points a year, and levels at the door, points",
      columns: [
        { key: "who", label: "Case" },
        { key: "years", label: "Years" },
        { key: "own", label: "Own slope", digits: 4 },
        { key: "model", label: "By the model", digits: 4 },
        { key: "level", label: "Own level", digits: 2 },
        { key: "model_level", label: "By the model, level", digits: 2 },
      ],
      panels: [
        { title: one.who, height: 270, share: 1.5, draw: (Plot, w, h) => lines(Plot, w, h, data, one, state, model) },
        { title: "Kept, by length of record", height: 270, draw: (Plot, w, h) => kept(Plot, w, h, data, state) },
      ],
    };
  },
};
