// Regression to the mean: states that nothing happens to, sorted by one year.

import { BLUE, FAINT, INK, VERMILION, frame } from "./drawing.js";
import { normals } from "./chance.js";
import { count, number, plural, short } from "./words.js";

const STATES = 400,
  FIRST = 1965,
  LAST = 2013,
  SPAN = 10,
  PATHS = 16;

// Records around a level that never moves: each year keeps a part of the last one's departure. Drawn from the seed
// alone, so that another persistence bends the same luck.
function simulate(seed, persistence, spread, kept) {
  kept.luck ??= new Map();
  if (!kept.luck.has(seed)) kept.luck.set(seed, normals(STATES * (LAST - FIRST + 1), seed));
  const luck = kept.luck.get(seed),
    years = LAST - FIRST + 1,
    fresh = Math.sqrt(1 - persistence ** 2);
  return Array.from({ length: STATES }, (_, state) => {
    const path = new Float64Array(years);
    for (let year = 0; year < years; year += 1) {
      const shock = luck[state * years + year];
      path[year] = year ? persistence * path[year - 1] + fresh * spread * shock : spread * shock;
    }
    return path;
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function chosen(state, data) {
  const records = simulate(state.seed, state.persistence, data.spread, data);
  const at = state.year - FIRST,
    cut = state.cut;
  const low = records.filter((path) => path[at] < -cut),
    high = records.filter((path) => path[at] > cut);
  return { records, low, high, at };
}

function course(paths, year) {
  if (!paths.length) return [];
  return Array.from({ length: LAST - FIRST + 1 }, (_, place) => ({
    year: FIRST + place,
    distance: mean(paths.map((path) => path[place])),
  }));
}

const value = (line, year) => line.find((point) => point.year === year)?.distance;

function dots(Plot, width, height, { records, at }, { cut, year }) {
  const rows = records.map((path, place) => ({
    distance: path[at],
    side: path[at] < -cut ? "low" : path[at] > cut ? "high" : "other",
    place,
  }));
  return Plot.plot(
    frame(width, height, {
      x: { axis: null },
      y: { label: `Distance in ${year}`, domain: [-4, 4] },
      marks: [
        Plot.dot(
          rows,
          Plot.dodgeX("middle", {
            y: "distance",
            r: 2,
            padding: 0.4,
            fill: (row) => ({ low: BLUE, high: VERMILION, other: FAINT })[row.side],
            fillOpacity: (row) => (row.side === "other" ? 0.45 : 0.9),
            clip: true,
          }),
        ),
        Plot.ruleY([0], { stroke: INK, strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.ruleY(cut ? [-cut, cut] : [], { stroke: INK, strokeOpacity: 0.7 }),
      ],
    }),
  );
}

function paths(Plot, width, height, picked, lines, real, year) {
  const some = (all, side) =>
    all
      .slice(0, PATHS)
      .flatMap((path, place) =>
        Array.from(path, (distance, at) => ({ year: FIRST + at, distance, z: `${side}${place}`, side })),
      );
  const thin = [...some(picked.low, "low"), ...some(picked.high, "high")];
  return Plot.plot(
    frame(width, height, {
      x: { label: "Calendar year", domain: [FIRST, LAST], tickFormat: "d" },
      y: { label: "Distance", domain: [-2.6, 2.6] },
      marks: [
        Plot.line(thin, {
          x: "year",
          y: "distance",
          z: "z",
          stroke: (row) => (row.side === "low" ? BLUE : VERMILION),
          strokeOpacity: 0.16,
          strokeWidth: 1,
          clip: true,
        }),
        Plot.ruleY([0], { stroke: INK, strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.ruleX([year], { stroke: INK, strokeOpacity: 0.7 }),
        Plot.line(lines.low, { x: "year", y: "distance", stroke: BLUE, strokeWidth: 3 }),
        Plot.line(lines.high, { x: "year", y: "distance", stroke: VERMILION, strokeWidth: 3 }),
        Plot.line(
          real.filter((point) => point.group === "below"),
          { x: "year", y: "distance", stroke: INK, strokeWidth: 2, strokeDasharray: "6 3", clip: true },
        ),
        Plot.line(
          real.filter((point) => point.group === "above"),
          { x: "year", y: "distance", stroke: INK, strokeWidth: 2, strokeDasharray: "6 3", clip: true },
        ),
        Plot.text([{ year, distance: 2.5, text: "selected" }], {
          x: "year",
          y: "distance",
          text: "text",
          dx: 5,
          textAnchor: "start",
          fill: INK,
        }),
      ],
    }),
  );
}

export default {
  fields: () => [
    {
      key: "persistence",
      kind: "range",
      label: "How much of a departure is left a year later",
      min: 0,
      max: 0.99,
      step: 0.01,
      value: 0.95,
    },
    {
      key: "cut",
      kind: "range",
      label: "Cut-off: how far from the mean, points",
      min: 0,
      max: 2,
      step: 0.1,
      value: 0,
    },
    {
      key: "year",
      kind: "range",
      label: "Year of selection",
      min: FIRST + SPAN,
      max: LAST - SPAN,
      step: 1,
      value: 1990,
    },
    { key: "seed", kind: "range", label: "Luck: other states, by number", min: 1, max: 99, step: 1, value: 1 },
  ],

  view(state, data) {
    const picked = chosen(state, data),
      lines = { low: course(picked.low), high: course(picked.high) };
    const { year } = state,
      real = Object.entries(data.real).flatMap(([group, rows]) =>
        rows.map((row) => ({ group, year: year + row.clock + 1, clock: row.clock, distance: row.distance })),
      );
    const truly = (group, clock) => data.real[group].find((row) => row.clock === clock).distance;
    let says = "Simulated: nothing happens to any state here. ";
    if (!picked.low.length || !picked.high.length)
      says += "Nobody stands so far from the mean. Take a smaller cut-off.";
    else {
      const before = value(lines.low, year - SPAN),
        now = value(lines.low, year),
        after = value(lines.low, year + SPAN);
      const lead = value(lines.high, year + SPAN) - value(lines.high, year);
      says +=
        `The ${plural(picked.low.length, "state")} chosen for being low in ${year} stood at ${number(now)}. ` +
        `Ten years later they stand at ${number(after)}, ${short(Math.abs(after - now))} points ` +
        `${after > now ? "nearer to" : "further from"} the mean. Ten years before they had stood at ` +
        `${number(before)}. The ${count(picked.high.length)} chosen for being high ${lead < 0 ? "fall" : "rise"} by ` +
        `${short(Math.abs(lead))}. The real laggards (dashed), chosen in the year before they joined, went from ` +
        `${number(truly("below", -SPAN))} to ` +
        `${number(truly("below", -1))} and ten years on to ${number(truly("below", SPAN - 1))}.`;
    }
    const rows = Array.from({ length: LAST - FIRST + 1 }, (_, place) => {
      const at = FIRST + place,
        real_ = (group) => real.find((point) => point.group === group && point.year === at)?.distance;
      return {
        year: at,
        low: lines.low[place]?.distance,
        high: lines.high[place]?.distance,
        real_below: real_("below"),
        real_above: real_("above"),
      };
    });
    return {
      says,
      rows,
      caption: `Mean distance of simulated states chosen in ${year}, and of real ones around their accession (points)`,
      columns: [
        { key: "year", label: "Year" },
        { key: "low", label: "Simulated, low", digits: 2 },
        { key: "high", label: "Simulated, high", digits: 2 },
        { key: "real_below", label: "Real, from below", digits: 2 },
        { key: "real_above", label: "Real, from above", digits: 2 },
      ],
      panels: [
        {
          title: `${STATES} simulated states`,
          height: 290,
          share: 0.42,
          draw: (Plot, w, h) => dots(Plot, w, h, picked, state),
        },
        {
          title: "Means of the chosen; dashed: the real ones",
          height: 290,
          draw: (Plot, w, h) => paths(Plot, w, h, picked, lines, real, year),
        },
      ],
    };
  },
};
