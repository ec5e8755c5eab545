// Build a world: set what IGOs do there, and see what the paper's four tests say of it, the truth beside them.

import { computing } from "./computing.js";
import { BLUE, FAINT, GROUND, INK, VERMILION, frame } from "./drawing.js";
import { guessing } from "./guess.js";
import { percent, range, short } from "./words.js";

const FAR = 6; // units: what is further from the real moment stands at the edge

const payload = (state) => ({
  mechanism: state.mechanism,
  strength: state.strength,
  noise: state.noise,
  seed: state.seed,
  parameters: {
    ...(state.mechanism === "instrumental" ? { conditional_share: state.conditional } : {}),
    common_share: state.common,
  },
});

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// The result for these settings, if there is one; in guess mode that of the world without a label.
const current = (data, state) =>
  data.guess ? data.guess.found : data.found && same(data.found.asked, payload(state)) ? data.found : null;

function momentsPanel(Plot, width, height, data, mechanism, found) {
  const apart = (value, one) => Math.max(-FAR, Math.min(FAR, (value - one.real) / one.unit));
  const fitted = data.moments.filter((one) => one.fitted);
  const here = found
    ? found.moments
        .filter((one) => fitted.some(({ moment }) => moment === one.name))
        .map((one) => ({ moment: one.name, apart: Math.max(-FAR, Math.min(FAR, one.apart)) }))
    : [];
  return Plot.plot(
    frame(width, height, {
      marginLeft: 122,
      marginTop: 4,
      x: { label: "Units off the real data", domain: [-FAR, FAR], ticks: 5 },
      y: {
        type: "point",
        label: null,
        domain: fitted.map((one) => one.moment),
        tickSize: 0,
        padding: 0.5,
        tickFormat: (d) => data.moments.find((one) => one.moment === d).word,
      },
      marks: [
        Plot.rectX([{}], { x1: -1, x2: 1, fill: INK, fillOpacity: 0.07 }),
        Plot.ruleX([0], { stroke: INK, strokeOpacity: 0.7 }),
        Plot.ruleY(fitted, { y: "moment", stroke: FAINT, strokeOpacity: 0.25 }),
        ...(mechanism
          ? [
              Plot.dot(fitted, {
                x: (one) => apart(one[mechanism], one),
                y: "moment",
                r: 4,
                fill: GROUND,
                stroke: BLUE,
                strokeWidth: 1.6,
              }),
            ]
          : []),
        Plot.dot(here, { x: "apart", y: "moment", r: 5, fill: VERMILION }),
      ],
    }),
  );
}

function testsPanel(Plot, width, height, data, found) {
  const z = (row) => Math.max(-8, Math.min(8, row.estimate / row.state_se));
  const real = data.real.map((row) => ({ ...row, z: z(row) }));
  const here = found
    ? found.tests
        .filter((row) => row.estimate !== null && row.state_se !== null)
        .map((row) => ({ ...row, z: z(row) }))
    : [];
  return Plot.plot(
    frame(width, height, {
      marginLeft: 34,
      marginTop: 4,
      marginRight: 20,
      x: { label: "Standard errors from zero", domain: [-8, 8], ticks: 5 },
      y: {
        type: "point",
        label: null,
        domain: real.map((row) => row.hypothesis),
        tickSize: 0,
        padding: 0.6,
        tickFormat: (d) => d,
      },
      marks: [
        Plot.rectX([{}], { x1: -data.z, x2: data.z, fill: INK, fillOpacity: 0.07 }),
        Plot.ruleX([0], { stroke: INK, strokeOpacity: 0.7 }),
        Plot.dot(real, { x: "z", y: "hypothesis", r: 5, fill: GROUND, stroke: BLUE, strokeWidth: 1.8 }),
        Plot.dot(here, { x: "z", y: "hypothesis", r: 6, fill: VERMILION }),
        Plot.text(here.length ? here : real, {
          x: "z",
          y: "hypothesis",
          dy: 18,
          fill: INK,
          text: "state_says",
          textAnchor: (row) => (row.z > 4 ? "end" : row.z < -4 ? "start" : "middle"),
        }),
      ],
    }),
  );
}

const words = (tests) => tests.map((row) => `${row.hypothesis} ${row.state_says}`).join(", ");

function sentence(state, data, found) {
  if (data.guess) {
    const { revealed } = data.guess;
    return (
      `A world without a label. Its tests say: ${words(found.tests)}. ` +
      (revealed ? revealed : "Which mechanism is at work? Place your bet, then look.")
    );
  }
  const { mechanism } = state;
  if (!found) {
    const rates = data.rates.find((row) => row.world === mechanism);
    return (
      `Recorded, at strength 1 and noise 1: of ${data.histories} histories of the world ${mechanism}, H1 says ` +
      `instrumental in ${percent(rates.H1_state)}, H2 intrinsic in ${percent(rates.H2_state)}, ` +
      `H3 instrumental in ${percent(rates.H3_state)} and H4 intrinsic in ` +
      `${percent(rates.H4_state)}. Compute a history of your own to see one.`
    );
  }
  const { effect } = found.truth,
    h2 = found.tests.find((row) => row.hypothesis === "H2");
  const low = h2.estimate - data.z * h2.state_se,
    high = h2.estimate + data.z * h2.state_se;
  const off = found.moments.filter((one) => one.fitted && Math.abs(one.apart) > 3).length;
  return (
    `In this simulated history a further year of membership truly brings ${short(effect, 4)} points. Table 2 reports ` +
    `${short(h2.estimate, 4)} (95% interval by state ${range(low, high, 4)}), which ` +
    `${low <= effect && effect <= high ? "covers" : "misses"} the truth. ` +
    `The four tests say: ${words(found.tests)}. Together: ${found.verdict.state}. ` +
    (off
      ? `Mind that ${off === 1 ? "one moment is" : `${off} moments are`} far from the real one: a world unlike ours.`
      : "Its moments are near the real ones.")
  );
}

export default {
  fields: (data) => [
    {
      key: "mechanism",
      kind: "choice",
      label: "Mechanism",
      value: "intrinsic",
      options: data.mechanisms.map(({ name }) => ({ value: name, label: name })),
    },
    { key: "strength", kind: "range", group: "sliders", label: "Strength", min: 0, max: 3, step: 0.1, value: 1 },
    {
      key: "noise",
      kind: "range",
      group: "sliders",
      label: "Noise, times the real",
      min: data.noise[0],
      max: data.noise[1],
      step: 0.05,
      value: 1,
    },
    {
      key: "conditional",
      kind: "range",
      group: "sliders",
      label: "Share of IGOs that set conditions",
      min: 0.05,
      max: 1,
      step: 0.05,
      value: data.conditional,
    },
    {
      key: "common",
      kind: "range",
      group: "sliders",
      label: "Share of shocks common to all",
      min: 0,
      max: 0.5,
      step: 0.01,
      value: data.common,
    },
    {
      key: "seed",
      kind: "range",
      group: "sliders",
      label: "Seed of the history",
      min: 1,
      max: 200,
      step: 1,
      value: 1,
    },
  ],

  settle(state, data) {
    const { strongest } = data.mechanisms.find(({ name }) => name === state.mechanism);
    return {
      state: { ...state, strength: Math.min(state.strength, strongest) },
      hide: state.mechanism === "instrumental" ? [] : ["conditional"],
    };
  },

  view(state, data) {
    const found = current(data, state),
      hidden = Boolean(data.guess && !data.guess.revealed);
    const mechanism = data.guess ? (hidden ? null : found.mechanism) : state.mechanism;
    const tests = data.real.map((real) => {
      const here = found?.tests.find((row) => row.hypothesis === real.hypothesis);
      return {
        name: `${real.hypothesis}, ${data.hypotheses[real.hypothesis]}`,
        real: real.estimate,
        here: here?.estimate,
        se: here?.state_se,
        says: here?.state_says ?? real.state_says,
      };
    });
    const moments = data.moments.map((one) => ({
      name: one.meaning,
      real: one.real,
      recorded: mechanism ? one[mechanism] : null,
      here: found?.moments.find(({ name }) => name === one.moment)?.value,
    }));
    const truth =
      hidden || !found
        ? []
        : [
            { name: "True effect of a further year of membership", here: found.truth.effect },
            { name: "Of it, by the club itself", here: found.truth.own_effect },
          ];
    return {
      says: sentence(state, data, found),
      caption:
        "Tests and moments: the real data, the mean of recorded worlds of this kind, and the history computed here",
      columns: [
        { key: "name", label: "Number" },
        { key: "real", label: "Real", digits: 4 },
        { key: "recorded", label: "Recorded worlds", digits: 4 },
        { key: "here", label: "This history", digits: 4 },
        { key: "se", label: "Error, by state", digits: 4 },
        { key: "says", label: "Says" },
      ],
      rows: [...tests, ...truth, ...moments],
      panels: [
        {
          title: "Four tests; ring: the real data",
          height: 300,
          draw: (Plot, w, h) => testsPanel(Plot, w, h, data, found),
        },
        {
          title: hidden ? "Moments of this history" : "Moments; ring: recorded mean",
          height: 300,
          draw: (Plot, w, h) => momentsPanel(Plot, w, h, data, mechanism, found),
        },
      ],
    };
  },

  extend(api) {
    const { data } = api;
    let later;
    const build = computing(
      "Compute this world",
      () => ["world", payload(api.state())],
      (found, asked) => {
        data.found = { ...found, asked };
        api.redraw();
      },
    );
    api.onChange(() => {
      // once Python is there, worlds follow the sliders
      clearTimeout(later);
      if (build.awake() && !data.guess && !current(data, api.state())) later = setTimeout(build.compute, 500);
    });
    api.beside.append(build.element, guessing(api, build.element));
  },
};
