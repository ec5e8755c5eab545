// The verdict: what was believed before, times how often each world says what the data say.

import { BLUE, FAINT, INK, VERMILION, frame } from "./drawing.js";
import { capital, percent } from "./words.js";

// Bayes’ rule over the worlds of the record; half a history is added, so that what was never seen is rare and not
// impossible.
function posterior(worlds, { histories, counts }, prior, words) {
  const weight = worlds.reduce((sum, world) => sum + prior[world], 0);
  const rows = worlds.map((world) => {
    const same = counts
      .filter(([said, where]) => where === world && said.every((word, place) => word === words[place]))
      .reduce((sum, [, , n]) => sum + n, 0);
    const of = histories[world];
    return { world, same, histories: of, frequency: (same + 0.5) / (of + 1), prior: prior[world] / weight };
  });
  const together = rows.reduce((sum, row) => sum + row.prior * row.frequency, 0);
  return rows.map((row) => ({ ...row, posterior: (row.prior * row.frequency) / together }));
}

function shares(Plot, width, height, rows, marks) {
  return Plot.plot(
    frame(width, height, {
      marginLeft: 92,
      marginTop: 6,
      x: { label: null, domain: [0, 1], tickFormat: (v) => `${Math.round(100 * v)}%` },
      y: {
        type: "band",
        label: null,
        domain: rows.map((row) => row.world),
        tickSize: 0,
        padding: 0.35,
        tickFormat: (d) => d,
      },
      marks,
    }),
  );
}

function beliefs(Plot, width, height, rows) {
  return shares(Plot, width, height, rows, [
    Plot.barX(rows, { x: "posterior", y: "world", fill: BLUE, fillOpacity: 0.85 }),
    Plot.tickX(rows, { x: "prior", y: "world", stroke: VERMILION, strokeWidth: 3 }),
    Plot.text(rows, {
      x: (row) => Math.max(row.posterior, row.prior),
      y: "world",
      text: (row) => percent(row.posterior),
      dx: 7,
      textAnchor: "start",
      fill: INK,
    }),
    Plot.ruleX([0], { stroke: INK }),
  ]);
}

function frequencies(Plot, width, height, rows) {
  const share = (row) => row.same / row.histories;
  return shares(Plot, width, height, rows, [
    Plot.ruleY(rows, { x1: 0, x2: 1, y: "world", stroke: FAINT, strokeOpacity: 0.4 }),
    Plot.dot(rows, { x: share, y: "world", r: 6, fill: BLUE }),
    Plot.text(rows, {
      x: share,
      y: "world",
      text: (row) => `${row.same} of ${row.histories}`,
      dy: -13,
      fill: INK,
      textAnchor: (row) => (share(row) > 0.8 ? "end" : share(row) < 0.2 ? "start" : "middle"),
    }),
  ]);
}

const of = (world) => `prior_${world}`;
const AS_THE_DATA = "as the data";
const ASKED = [
  ["line", "by the article’s line over ten years"],
  ["outsiders", "beside outsiders, five years before"],
  ["lasting", "beside outsiders, before and after"],
].map(([value, label]) => ({ value, label }));

export default {
  fields: (data) => [
    ...data.worlds.map((world) => ({
      key: of(world),
      kind: "range",
      group: "prior",
      label: `${capital(world)}, weight before`,
      min: 0,
      max: 10,
      step: 0.5,
      value: 2,
    })),
    { key: "asked", kind: "choice", group: "words", label: "How H1 is asked", value: "line", options: ASKED, list: true },
    {
      key: "strength",
      kind: "choice",
      group: "words",
      label: "Strength of the instrumental world",
      value: "1",
      options: [
        ["1", "full: half of the gap"],
        ["0.5", "half"],
        ["0.25", "a quarter"],
      ].map(([value, label]) => ({ value, label })),
      list: true,
    },
    ...data.tests.map(({ name, words }) => ({
      key: name,
      kind: "choice",
      group: "words",
      label: `${name} says`,
      value: AS_THE_DATA,
      options: [AS_THE_DATA, ...words].map((word) => ({ value: word, label: word })),
    })),
  ],

  view(state, data) {
    const way = data.ways[`${state.asked} ${state.strength}`];
    const prior = Object.fromEntries(data.worlds.map((world) => [world, state[of(world)]]));
    const words = data.tests.map(({ name }) => (state[name] === AS_THE_DATA ? way.says[name] : state[name])),
      real = data.tests.every(({ name }, place) => words[place] === way.says[name]);
    const empty = Object.values(prior).every((weight) => weight === 0);
    const rows = posterior(
      data.worlds,
      way,
      empty ? Object.fromEntries(data.worlds.map((world) => [world, 1])) : prior,
      words,
    );
    const order = [...rows].sort((a, b) => b.posterior - a.posterior),
      [first, second] = order;
    const heard = rows.reduce((sum, row) => sum + row.same, 0);
    const said = data.tests.map(({ name }, place) => `${name} ${words[place]}`).join(", ");
    const tied = Math.abs(first.posterior - second.posterior) < 5e-4;
    let says = `${real ? "The data say" : "Suppose the data said"}: ${said}. `;
    if (empty)
      says +=
        "With no weight on any mechanism there is nothing to believe, so all five are taken as equally likely. ";
    says += heard === 0 ? "No simulated history of any world says so; the numbers rest on half a history each. " : "";
    says += tied
      ? `${capital(first.world)} and ${second.world} come out equal, at ${percent(first.posterior)} each. `
      : `${capital(first.world)} goes from ${percent(first.prior)} to ${percent(first.posterior)}, ${second.world} ` +
        `from ${percent(second.prior)} to ${percent(second.posterior)}. `;
    const pretence = rows.find((row) => row.world === "instrumental");
    says += `Instrumental goes from ${percent(pretence.prior)} to ${percent(pretence.posterior)}.`;
    return {
      says,
      rows,
      caption: "Five mechanisms before and after the four words",
      columns: [
        { key: "world", label: "World" },
        { key: "same", label: "Histories that say so" },
        { key: "histories", label: "Of" },
        { key: "frequency", label: "Frequency", digits: 3 },
        { key: "prior", label: "Before", digits: 3 },
        { key: "posterior", label: "After", digits: 3 },
      ],
      panels: [
        { title: "Belief: after (bar), before (mark)", height: 200, draw: (Plot, w, h) => beliefs(Plot, w, h, rows) },
        {
          title: "Histories that say the four words",
          height: 200,
          draw: (Plot, w, h) => frequencies(Plot, w, h, rows),
        },
      ],
    };
  },
};
