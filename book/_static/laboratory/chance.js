// Chance with a seed: the same numbers in every browser.

function uniform(seed) {
  // mulberry32
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function normals(n, seed) {
  // Box and Muller, two at a time
  const next = uniform(seed * 7919),
    drawn = new Float64Array(n);
  for (let at = 0; at < n; at += 2) {
    const far = Math.sqrt(-2 * Math.log(1 - next())),
      turn = 2 * Math.PI * next();
    drawn[at] = far * Math.cos(turn);
    if (at + 1 < n) drawn[at + 1] = far * Math.sin(turn);
  }
  return drawn;
}
